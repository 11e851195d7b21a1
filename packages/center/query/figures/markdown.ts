/** The table of figures as Markdown, for docs/reference. */
import type { Denominator } from '@noroshi/wire/api/figures.ts';
import type { FigureSource, Measure } from './definition.ts';
import { FIGURES } from './definitions.ts';

const DENOMINATOR_WORDS: Readonly<Record<Denominator, string>> = {
  day: 'days covered',
  address_day: 'days × IPv4 addresses',
  network64_day: 'days × IPv6 networks of 64 bits',
  access: 'accesses',
};

const MEASURE_WORDS: Readonly<Record<Measure, string>> = {
  rate: 'Σ packets ÷ Σ exposure',
  distinct: 'mean of the days’ distinct counts, a day weighing as much as it was covered',
  share: 'Σ packets ÷ Σ accesses',
  spacing: 'Σ exposure ÷ Σ accesses',
};

/** Two tables: what the figures are called and mean, and how they are counted. */
export function figuresMarkdown(): string {
  const meaning = FIGURES.map((figure) => {
    const { id, name, unit, digits, sentence } = figure;
    return `| \`${id}\` | ${name.en}<br>${name.ja} | ${unit.en}<br>${unit.ja} | ${digits} | ${sentence.en}<br>${sentence.ja} |`;
  });
  const counting = FIGURES.map((figure) => {
    const { id, measure, denominator, steps } = figure;
    return `| \`${id}\` | ${MEASURE_WORDS[measure]} | ${DENOMINATOR_WORDS[denominator]} | ${steps.join(', ')} | ${sqlOf(figure)} |`;
  });
  return [
    '| figure | name | unit | digits | meaning |',
    '|---|---|---|---|---|',
    ...meaning,
    '',
    '| figure | of a period | divided by | series by | counted in SQL |',
    '|---|---|---|---|---|',
    ...counting,
  ].join('\n');
}

function sqlOf({ from, sql }: FigureSource): string {
  return `\`${sql('all').replaceAll('|', '\\|')}\` over \`${from}\``;
}
