/**
 * Numbers about the process, by name, as Prometheus reads them.
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/ (text format 0.0.4).
 */

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
/** Combinations of labels of one metric; what is beyond is counted under `other`. */
export const SERIES_MAX = 1000;
const NAME = /^[a-z][a-z0-9_]*$/;

/** Few different values each: names of parts, reasons, configured sensors. Never an address, never foreign text. */
export type Labels = Readonly<Record<string, string>>;

interface Metric {
  readonly sentence: string;
  readonly type: 'counter' | 'gauge';
  readonly lines: (name: string) => string[];
}

export class Counter {
  private readonly series = new Map<string, { labels: Labels; value: number }>();

  add(value = 1, labels: Labels = {}): void {
    const known = this.series.get(keyOf(labels));
    if (known !== undefined) known.value += value;
    else if (this.series.size < SERIES_MAX) this.series.set(keyOf(labels), { labels, value });
    else this.add(value, othersOf(labels, this.series));
  }

  value(labels: Labels = {}): number {
    return this.series.get(keyOf(labels))?.value ?? 0;
  }

  all(): { labels: Labels; value: number }[] {
    return Array.from(this.series.values(), (entry) => ({ ...entry }));
  }
}

export class Metrics {
  private readonly metrics = new Map<string, Metric>();

  /** A number that only grows. `name` in lower case, its unit last, e.g. `noroshi_ingest_received_bytes_total`. */
  counter(name: string, sentence: string): Counter {
    const counter = new Counter();
    this.register(name, {
      sentence,
      type: 'counter',
      lines: (line) => counter.all().map(({ labels, value }) => sample(line, labels, value)),
    });
    return counter;
  }

  /** A number that is read when it is asked for. */
  gauge(name: string, sentence: string, read: () => number): void {
    this.register(name, { sentence, type: 'gauge', lines: (line) => [sample(line, {}, read())] });
  }

  /** All metrics, ordered by name. A gauge that throws is left out. */
  render(): string {
    const names = [...this.metrics.keys()].toSorted();
    return names.map((name) => this.renderOne(name)).join('');
  }

  private renderOne(name: string): string {
    const metric = this.metrics.get(name);
    if (metric === undefined) return '';
    try {
      const help = metric.sentence.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
      return [`# HELP ${name} ${help}`, `# TYPE ${name} ${metric.type}`, ...metric.lines(name), ''].join('\n');
    } catch {
      return '';
    }
  }

  private register(name: string, metric: Metric): void {
    if (!NAME.test(name)) throw new RangeError(`Cannot register the metric ${name}: not a name of a-z, 0-9 and _`);
    if (this.metrics.has(name)) throw new RangeError(`Cannot register the metric ${name}: it exists`);
    this.metrics.set(name, metric);
  }
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The same labels, all saying `other`; made room for when it is not there yet. */
function othersOf(labels: Labels, series: Map<string, { labels: Labels; value: number }>): Labels {
  const others = Object.fromEntries(Object.keys(labels).map((name) => [name, 'other']));
  const key = keyOf(others);
  if (!series.has(key)) series.set(key, { labels: others, value: 0 });
  return others;
}

function sample(name: string, labels: Labels, value: number): string {
  const quote = (text: string): string => {
    return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  };
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${quote(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
}
