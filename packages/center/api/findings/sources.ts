/** Source classes as they are published. Pure. */
import type { SentenceShape, SourceClassesShape, SourceClassShape } from '@noroshi/wire/api/finding.ts';
import type { SourceHours } from '../../query/sources.ts';
import { isoOf } from './shapes.ts';

export interface Named {
  readonly name: string;
  readonly sentence: SentenceShape;
}

type Sums = ReadonlyMap<string, { readonly sources: number; readonly packets: number }>;

/** @param classes all of them, in their order; also those that nobody was in are published */
export function sourceClasses(
  { step_hours, steps, rows }: SourceHours,
  classes: readonly Named[],
  tools: readonly Named[],
): Pick<SourceClassesShape, 'hours' | 'classes' | 'step_hours' | 'course' | 'tools'> {
  const hours = [...steps.values()].reduce((sum, count) => sum + count, 0);
  const inClass = rows.filter(({ kind }) => kind === 'class');
  const byClass = sumsOf(inClass);
  const byTool = sumsOf(rows.filter(({ kind }) => kind === 'tool'));
  const all = [...byClass.values()].reduce(
    (sum, { sources, packets }) => ({ sources: sum.sources + sources, packets: sum.packets + packets }),
    { sources: 0, packets: 0 },
  );
  const shapeOf = ({ name, sentence }: Named, sums: Sums): SourceClassShape => {
    const { sources, packets } = sums.get(name) ?? { sources: 0, packets: 0 };
    return {
      name,
      sentence,
      sources_per_hour: hours === 0 ? 0 : sources / hours,
      packets,
      share_of_packets: all.packets === 0 ? 0 : packets / all.packets,
      share_of_sources: all.sources === 0 ? 0 : sources / all.sources,
    };
  };
  const byStep = Map.groupBy(inClass, ({ at_ms }) => at_ms);
  return {
    hours,
    step_hours,
    classes: classes.map((one) => shapeOf(one, byClass)),
    course: [...steps].map(([at_ms, count]) => {
      const own = sumsOf(byStep.get(at_ms) ?? []);
      return {
        at: isoOf(at_ms),
        sources: classes.map(({ name }) => (own.get(name)?.sources ?? 0) / count),
        packets: classes.map(({ name }) => own.get(name)?.packets ?? 0),
      };
    }),
    tools: tools
      .filter(({ name }) => byTool.has(name))
      .map((tool) => shapeOf(tool, byTool))
      .sort((a, b) => b.packets - a.packets),
  };
}

function sumsOf(rows: SourceHours['rows']): Sums {
  const sums = new Map<string, { sources: number; packets: number }>();
  for (const { name, sources, packets } of rows) {
    const sum = sums.get(name) ?? { sources: 0, packets: 0 };
    sums.set(name, { sources: sum.sources + sources, packets: sum.packets + packets });
  }
  return sums;
}
