import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Counter, Metrics, SERIES_MAX } from './metrics.ts';

test('Metrics renders the Prometheus text format, by name', () => {
  const metrics = new Metrics();
  const refused = metrics.counter('ingest_refused_total', 'Segments refused, by reason.');
  metrics.gauge('heap_bytes', 'Memory\nin use.', () => 4096);
  metrics.gauge('broken', 'Throws.', () => {
    throw new Error('no');
  });
  refused.add(1, { reason: 'cut', sensor: 'a"b\\c\n' });
  refused.add(2, { sensor: 'a"b\\c\n', reason: 'cut' });
  refused.add();
  assert.equal(
    metrics.render(),
    [
      '# HELP heap_bytes Memory\\nin use.',
      '# TYPE heap_bytes gauge',
      'heap_bytes 4096',
      '# HELP ingest_refused_total Segments refused, by reason.',
      '# TYPE ingest_refused_total counter',
      'ingest_refused_total{reason="cut",sensor="a\\"b\\\\c\\n"} 3',
      'ingest_refused_total 1',
      '',
    ].join('\n'),
  );
});

test('Metrics refuses names that Prometheus would not read, and names taken', () => {
  const metrics = new Metrics();
  metrics.counter('a', '');
  assert.throws(() => metrics.counter('a', ''), /Cannot register the metric a: it exists/);
  assert.throws(() => metrics.gauge('Größe', '', () => 0), RangeError);
});

test('Counter counts by labels and holds a bounded number of them', () => {
  const counter = new Counter();
  for (let i = 0; i < SERIES_MAX + 10; i++) counter.add(1, { port: String(i) });
  assert.equal(counter.all().length, SERIES_MAX + 1);
  assert.equal(counter.value({ port: 'other' }), 10);
  assert.equal(counter.value({ port: '5' }), 1);
  assert.equal(counter.value({ port: 'never' }), 0);
});
