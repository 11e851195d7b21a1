import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FEEDS } from '@noroshi/wire/api/feed.ts';
import { STEPS } from '@noroshi/wire/api/figures.ts';
import { FINDING_STATES } from '@noroshi/wire/api/finding.ts';
import fc from 'fast-check';
import { LANGUAGES } from '../format/number.ts';
import { DEFAULT_PERIOD } from './period.ts';
import {
  DEFAULT_VIEW,
  formatView,
  hrefOf,
  parseView,
  PLACES,
  placed,
  SECTIONS,
  SHEETS,
  toggled,
  type View,
} from './view.ts';

const optional = <T>(values: readonly T[]): fc.Arbitrary<T | undefined> => fc.constantFrom(undefined, ...values);

const views: fc.Arbitrary<View> = fc.record(
  {
    page: fc.constantFrom(...PLACES),
    address: optional(['192.0.2.1', '2001:db8::1']),
    id: optional(['0f8fad5b-d9cb-569f-a165-70867728950e']),
    detector: optional(['dos', 'dos/victim']),
    state: optional(FINDING_STATES),
    now: fc.boolean(),
    feed: optional(FEEDS),
    lang: optional(LANGUAGES),
    period: fc.constantFrom(DEFAULT_PERIOD, { kind: 'month', month: '2025-10' } as const),
    scanners: fc.constantFrom('include', 'exclude'),
    live: fc.constantFrom('24h', '1h'),
    figure: optional(['accesses', 'many_port_sources']),
    step: optional(STEPS),
    all: fc.subarray([...SECTIONS, ...SHEETS]),
    tables: fc.subarray([...SECTIONS, ...SHEETS]),
  },
  { noNullPrototype: true },
);

test('parseView: what was written is read, so a view can be shared', () => {
  fc.assert(fc.property(views, (view) => assert.deepEqual(parseView(formatView(view)), view)));
});

test('formatView: the default view has a plain address', () => {
  assert.equal(formatView(DEFAULT_VIEW), '');
  assert.equal(formatView({ ...DEFAULT_VIEW, lang: 'ja', all: ['ports', 'marks'] }), '?all=ports.marks&lang=ja');
});

test('parseView: a foreign address gives a view all the same', () => {
  const foreign =
    '?page=x&address=<b>&id=1&detector=../x&state=y&now=1&feed=x&lang=de&period=<script>&scanners=0&live=9h&figure=../../x&step=week&all=x.ports&tables=';
  assert.deepEqual(parseView(foreign), { ...DEFAULT_VIEW, all: ['ports'] });
  fc.assert(fc.property(fc.string(), (search) => assert.equal(typeof parseView(search), 'object')));
});

test('toggled: adds and removes, in the page’s order', () => {
  assert.deepEqual(toggled(['ports'], 'live'), ['live', 'ports']);
  assert.deepEqual(toggled(['live', 'ports'], 'live'), ['ports']);
});

test('hrefOf: a page of its own, which keeps feed, days and language and nothing else', () => {
  const view = { ...DEFAULT_VIEW, feed: 'network', lang: 'ja', state: 'candidate', tables: ['live'] } as const;
  assert.equal(
    hrefOf(placed(view, { page: 'victim', address: '2001:db8::1' })),
    './?page=victim&address=2001:db8::1&feed=network&lang=ja',
  );
  assert.equal(hrefOf(placed({ ...DEFAULT_VIEW, now: true }, { page: 'overview' })), './');
});
