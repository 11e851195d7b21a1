/** Classes of sources for a chart that can be read: a few groups, the unknown ones always apart. */
import type { SourceClassesShape, SourceClassShape } from '@noroshi/wire/api/finding.ts';
import type { Column, Columns } from '../charts/columns.ts';
import type { Palette } from '../charts/palette.ts';
import type { Scanners } from '../api/links.ts';
import { axisNumber, type Language, three, whole } from '../format/number.ts';
import { moment } from '../format/time.ts';
import { speaker } from '../text/translate.ts';
import { ticksOf } from './time-frame.ts';

/** From the bottom up; what is in no list belongs to `rest`. */
export const GROUPS = ['scan', 'bot', 'research', 'rest', 'unknown'] as const;
export type Group = (typeof GROUPS)[number];

const GROUP_OF: Readonly<Record<string, Group>> = {
  horizontal: 'scan',
  vertical: 'scan',
  mixed: 'scan',
  exploit: 'scan',
  bot: 'bot',
  research: 'research',
  unknown: 'unknown',
};
const COLOURS: Readonly<Record<Group, keyof Palette>> = {
  scan: 'data',
  bot: 'newest',
  research: 'data-soft',
  rest: 'shade-2',
  unknown: 'other',
};
const RESEARCH = 'research';

export interface ClassesView {
  readonly sources: SourceClassesShape;
  readonly scanners: Scanners;
  readonly language: Language;
  readonly offset_minutes: number;
}

export function groupsOf(scanners: Scanners): readonly Group[] {
  return GROUPS.filter((group) => scanners === 'include' || group !== RESEARCH);
}

export function colourOf(group: Group): keyof Palette {
  return COLOURS[group];
}

/** Classes that anybody was in, most packets first; without acknowledged scanners when asked, and shares accordingly. */
export function shownClasses({ sources, scanners }: Pick<ClassesView, 'sources' | 'scanners'>): SourceClassShape[] {
  const kept = sources.classes.filter(({ name }) => scanners === 'include' || name !== RESEARCH);
  const packets = kept.reduce((sum, one) => sum + one.packets, 0);
  const hourly = kept.reduce((sum, one) => sum + one.sources_per_hour, 0);
  return kept
    .filter((one) => one.packets > 0)
    .map((one) => ({
      ...one,
      share_of_packets: one.packets / packets,
      share_of_sources: hourly === 0 ? 0 : one.sources_per_hour / hourly,
    }))
    .toSorted((a, b) => b.packets - a.packets);
}

/** Packets an hour by group, step by step. */
export function classColumns({ sources, scanners, language, offset_minutes }: ClassesView): Columns {
  const say = speaker(language);
  const groups = groupsOf(scanners);
  const groupOfClass = sources.classes.map(({ name }) => GROUP_OF[name] ?? 'rest');
  const columns = sources.course.map(({ at, packets }): Column => {
    const parts = groups.map((group) =>
      packets.reduce((sum, count, index) => (groupOfClass[index] === group ? sum + count : sum), 0),
    );
    return { from_ms: Date.parse(at), parts, previous: null };
  });
  const times = columns.map(({ from_ms }) => from_ms);
  const tick = ticksOf(times, language, offset_minutes);
  return {
    columns,
    colours: groups.map(colourOf),
    marksNewest: false,
    tick: ({ from_ms }) => tick(times.indexOf(from_ms)),
    peak: (value) => whole(language, value),
    pointed: ({ from_ms, parts }) => {
      const lines = groups.map((group, index) => `${say(`group.${group}`)}  ${three(language, parts[index] ?? null)}`);
      return [moment(language, from_ms, offset_minutes), ...lines.toReversed()].join('\n');
    },
    axis: (value) => axisNumber(language, value),
  };
}
