/**
 * `noroshi sensor --respond`: the responder beside the sensor, in a process of its own, so that whatever visitors do to it leaves the
 * passive side alone. It is started again when it dies, and ends with the sensor, however that ends.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Log } from '@noroshi/kit/log.ts';
import { prefixesOf, type SensorConfig } from '@noroshi/sensor/live/sensor-config.ts';
import { KeptProcess } from '../kept/kept-process.ts';
import { briefly } from '../look/time.ts';

const MAIN = fileURLToPath(import.meta.resolve('../main.ts'));

/** @param except addresses within the prefixes that are left alone */
export function keepResponder(
  config: SensorConfig,
  except: readonly string[],
  log: Log,
  write: (line: string) => void,
): { stop(): Promise<void> } {
  const left = except.length === 0 ? [] : ['--except', except.join(',')];
  const state = ['--state', join(config.state_folder, 'visits')];
  return new KeptProcess({
    program: MAIN,
    args: ['respond', '--prefixes', prefixesOf(config).join(','), ...left, ...state],
    onLine: () => {},
    onLog: write,
    onDeath: (sentence, pause_ms) => {
      log.error('responder', `The responder stopped: ${sentence}; it starts again in ${briefly(pause_ms / 1000)}`);
    },
  });
}
