/** The work of `noroshi help`: our words with their sentences and sources, from the tables that the code itself uses. */
import { bundledAsns, bundledCountries } from '@noroshi/center/enrich/bundled.ts';
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { MARKS } from '@noroshi/wire/classify/marks/index.ts';
import { PREDICATES } from '@noroshi/wire/classify/predicates.ts';
import { flowColumns } from '@noroshi/wire/flow/columns.ts';
import { wrap } from '../look/section.ts';
import { EXIT, Refusal } from '../io/exit.ts';
import type { Io } from '../io/io.ts';
import { runProgram } from '../program.ts';
import { VERBS } from '../verbs/index.ts';
import { type Topic, TOPICS } from './topics.ts';

export async function runHelp(io: Io, topics: readonly string[]): Promise<number> {
  const [wanted] = topics;
  if (wanted === undefined) return runProgram(io, ['--help']);
  const topic = TOPICS.find((name) => name === wanted);
  if (topic !== undefined) {
    io.out.write(`${PAGES[topic](io).join('\n')}\n`);
    return EXIT.ok.code;
  }
  if (VERBS.some(({ name }) => name === wanted)) return runProgram(io, [wanted, '--help']);
  throw new Refusal(
    'usage',
    `Cannot explain ${JSON.stringify(wanted)}: it is none of ${TOPICS.join(', ')}, nor a verb`,
  );
}

interface Entry {
  readonly name: string;
  readonly sentence: string;
  /** Smaller print below. */
  readonly source?: string;
}

const PAGES: Record<Topic, (io: Io) => string[]> = {
  classes: (io) => page(io, 'Classes: what a packet is, exactly one of these', CLASSES),
  marks: (io) =>
    page(
      io,
      'Marks: what the headers of tools and bots look like. Evidence, not verdicts: ask for several packets of a source',
      MARKS.map(({ name, sentence, citation, chanceExponent }) => ({
        name,
        sentence,
        source: `${chanceText(chanceExponent)}; ${citation}`,
      })),
    ),
  predicates: (io) => page(io, 'Predicates: facts about a packet, each on its own', PREDICATES),
  columns: (io) =>
    page(
      io,
      'Columns of a flow row: one minute, source, destination, service, class and marks',
      flowColumns.map(({ name, sentence, clickhouse, unit, isKey = false }) => {
        const facts = [clickhouse, unit, isKey ? 'part of the key' : ''].filter((fact) => fact !== '');
        return { name, sentence, source: facts.join(', ') };
      }),
    ),
  data: dataPage,
  exit: (io) =>
    page(
      io,
      'Exit codes',
      Object.values(EXIT).map(({ code, sentence }) => ({ name: String(code), sentence })),
    ),
};

function chanceText(exponent: number): string {
  return exponent === 0
    ? 'other programs may look alike'
    : `by chance in one of ${(2 ** exponent).toLocaleString('en-US')} packets`;
}

function page({ style, width }: Io, title: string, entries: readonly Entry[]): string[] {
  const lines = entries.flatMap(({ name, sentence, source }) => {
    const small = source === undefined ? [] : wrap(source, width - 6).map((line) => style.dim(`      ${line}`));
    return [`  ${style.bold(name)}`, ...wrap(sentence, width - 6).map((line) => `      ${line}`), ...small];
  });
  return [...wrap(title, width).map((line) => style.bold(line)), ...lines];
}

function dataPage(io: Io): string[] {
  const entries = [
    ['countries', bundledCountries().source, '--geo'],
    ['networks (AS)', bundledAsns().source, '--asn'],
  ] as const;
  const lines = page(
    io,
    'Look-up tables and whom they are by',
    entries.map(([what, { name, date, version, licence }, option]) => ({
      name: what,
      sentence: `${name}, data of ${date}, npm version ${version}; ${option} FILE takes your own mmdb instead.`,
      source: licence,
    })),
  );
  const caution =
    'Their publisher warns that the npm edition holds some wrong entries and is no longer renewed: for decisions about single addresses use a table of your own.';
  return [...lines, ...wrap(caution, io.width - 2).map((line) => `  ${line}`)];
}
