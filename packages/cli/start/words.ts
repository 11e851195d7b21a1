/** What `npm start` says. */
import type { Style } from '../look/style.ts';

export interface Running {
  readonly url: string;
  readonly folder: string;
  /** What `noroshi replay` and `noroshi report` must be told; '' when they find this center by themselves. */
  readonly replayOptions: string;
  readonly reportOptions: string;
  /** Last full month, `2026-10`. */
  readonly month: string;
}

/** As soon as there is something to open. */
export function openingText(url: string, days: number, { bold, dim }: Style): string {
  const history = days === 0 ? 'today' : days === 1 ? 'the last day' : `the last ${days} days`;
  return `${bold(`The observation centre is running: ${url}`)}
${dim(`A simulated telescope fills it with ${history}, then goes on live. You may look already.`)}

`;
}

/** When the past has been told. */
export function runningText(running: Running, { bold, dim }: Style): string {
  const { url, folder, month } = running;
  const commands: readonly (readonly [string, string])[] = [
    [
      `npx noroshi replay${running.replayOptions} your.pcap`,
      'your packets, in their own time, beside the simulated ones',
    ],
    [
      `npx noroshi report${running.reportOptions} --month ${month}`,
      'the report of a month, as text, JSON, CSV or HTML',
    ],
    [`curl ${url}/v1/openapi.json`, 'the same figures for programs'],
  ];
  const lines = commands.map(([command, sentence]) => `  ${command}\n      ${dim(sentence)}`);
  return `${bold(`Open ${url}`)}
It shows what arrives at addresses that offer nothing: accesses per day and address, ports, countries, marks of
bots, victims of attacks, the last 24 hours live.
${bold('All of it is simulated')}: the telescope, its addresses, every sender. Nothing here happened.

${bold('Next')}
${lines.join('\n')}

Everything is kept in ${folder}. Ctrl-C stops; the next npm start goes on from there.

`;
}

/** After a first look at captures. */
export function nextSteps(file: string, { bold, dim }: Style): string {
  const quoted = /^[\w./:@%+=,-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`;
  const steps = [
    [`npx noroshi packets --count 20 ${quoted}`, 'packet by packet'],
    [`npx noroshi analyze --top 25 ${quoted}`, 'longer lists'],
    [`npx noroshi flows ${quoted} --out flows.parquet`, 'for DuckDB, ClickHouse, pandas'],
    ['npx noroshi help marks', 'what the words mean'],
    ['npm start', 'an observation centre, to replay it into'],
  ];
  const lines = steps.map(([command, sentence]) => `  ${command}\n      ${dim(sentence)}`);
  return `\n${bold('Try next')}\n${lines.join('\n')}\n`;
}
