/** From the command line's words to the simulator's options. */
import type { SimulateOptions } from '@noroshi/simulate/main.ts';
import { Refusal } from '../io/exit.ts';
import type { SimulateValues } from '../verbs/simulate.ts';

export function optionsOf(values: SimulateValues): SimulateOptions {
  const { seed, scenario, rhythm, resolution, only } = values;
  return {
    seed,
    scenario,
    rhythm,
    resolution,
    only,
    damage: { file: values.cut },
    ...(values.packets === undefined ? {} : { packets: values.packets }),
    ...(values.duration === undefined ? {} : { duration_s: values.duration }),
    ...(values.rate === undefined ? {} : { rate_pps: values.rate }),
    ...(values.snap === undefined ? {} : { snap_bytes: values.snap }),
    ...(values.prefixes.length === 0 ? {} : { prefixes: values.prefixes }),
    ...(values.start === undefined ? {} : { start_s: startOf(values.start) }),
    ...(values.mix.length === 0 ? {} : { mix: Object.fromEntries(values.mix.map(shareOf)) }),
  };
}

function startOf(text: string): number {
  const seconds = /^\d+$/.test(text) ? Number(text) : Date.parse(text) / 1000;
  if (Number.isFinite(seconds)) return seconds;
  throw new Refusal('usage', `Cannot read --start: ${JSON.stringify(text)} is neither ISO 8601 nor epoch seconds`);
}

function shareOf(text: string): [actor: string, share: number] {
  const parts = /^([a-z0-9.-]+)=(\d+(?:\.\d+)?)$/.exec(text);
  if (parts === null) throw new Refusal('usage', `Cannot read --mix: ${JSON.stringify(text)} is not actor=share`);
  return [parts[1], Number(parts[2])];
}
