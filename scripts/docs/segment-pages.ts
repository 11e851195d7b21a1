/** Reference of the Parquet segment: its columns and its metadata. */
import { clickhouseColumns, columnsMarkdown, flowColumns } from '@noroshi/wire/flow/columns.ts';
import * as segment from '@noroshi/wire/segment/segment.ts';
import { Commented } from './comments.ts';
import { code, page, table } from './markdown.ts';

export function flowColumnsPage(): string {
  const keys = flowColumns.filter(({ isKey }) => isKey === true).length;
  return page(
    'Columns of a flow row',
    ['`packages/wire/flow/columns.ts`'],
    `${flowColumns.length} columns, ${keys} of them the key: packets that agree in all of these share a row. The other
columns are sums, extremes, ORs, or the first packet's value. \`?\` after a Parquet type means that the column may be null.
[What lies around the columns](parquet-metadata.md); [how to ask](../explanation/segment.md).`,
    columnsMarkdown(),
    '## ClickHouse',
    `\`\`\`sql\nCREATE TABLE flows (\n${clickhouseColumns()}\n) ENGINE = MergeTree ORDER BY (minute, class, service_port);\n\`\`\``,
  );
}

type FlatKey = (typeof segment.FLAT_KEYS)[number];

/** What a flat key repeats. Typed, so that a new key does not compile without its line here. */
const FLAT: Readonly<Record<FlatKey, string>> = {
  'noroshi.version': '`version`',
  'noroshi.sensor': '`sensor`',
  'noroshi.sequence': '`sequence`',
  'noroshi.minute_from_ms': '`minute_from_ms`',
  'noroshi.minute_to_ms': '`minute_to_ms`',
  'noroshi.packets_received': '`counters.received`',
  'noroshi.packets_kept': '`counters.kept`',
  'noroshi.address_seconds': 'sum over `exposure` of addresses × seconds: the denominator of rates over IPv4',
  'noroshi.digest': '`digest`',
};

const EXAMPLE: segment.Segment = {
  version: segment.SEGMENT_VERSION,
  sensor: 'tokyo-1',
  sequence: 42,
  minute_from_ms: 1_735_689_600_000,
  minute_to_ms: 1_735_689_660_000,
  first_ms: 1_735_689_600_004,
  last_ms: 1_735_689_659_990,
  exposure: [{ from_ms: 1_735_689_600_000, to_ms: 1_735_689_660_000, addresses: 4096, networks64: 1 }],
  counters: { received: 30_012, kept: 30_000, filtered: { not_ip: 9, malformed: 3 }, dropped: { before_capture: 0 } },
  rows: 28_711,
  digests: ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  digest: '5df6e0e2761359d30a8275058e299fcc0381534545f55cf43e41983f5d4c9456',
};

export function parquetMetadataPage(): string {
  const file = 'packages/wire/segment/segment.ts';
  const source = new Commented(file);
  const fields = (name: string): string => {
    const rows = source.ofInterface(name).map((field) => [code(field.name), code(field.type), field.sentence]);
    return table(['field', 'type', 'meaning'], rows);
  };
  const keyValue = segment.encodeSegment(EXAMPLE);
  const flat = segment.FLAT_KEYS.map((key) => [code(key), FLAT[key], code(keyValue[key] ?? '')]);
  const limits = {
    SEGMENT_JSON_CHARS_MAX: segment.SEGMENT_JSON_CHARS_MAX,
    SPANS_MAX: segment.SPANS_MAX,
    REASONS_MAX: segment.REASONS_MAX,
    DIGESTS_MAX: segment.DIGESTS_MAX,
  };
  return page(
    'Metadata of a segment',
    [code(file)],
    `Key-values in the Parquet footer. The JSON under \`${segment.SEGMENT_KEY}\` is what counts. The flat keys repeat what a
person or a query looks for first; no program of ours reads them.`,
    table(['key', 'repeats', 'example'], flat),
    `## ${segment.SEGMENT_KEY}`,
    `A reader refuses the whole object when a field is missing, unknown, or not as the table says; when received ≠ kept +
filtered + dropped; or when the times do not fit each other.`,
    fields('Segment'),
    '### exposure',
    fields('ExposureSpan'),
    '### counters',
    fields('SegmentCounters'),
    '### Limits',
    table(
      ['name', 'value', 'of'],
      Object.entries(limits).map(([name, value]) => [code(name), value.toLocaleString('en'), source.ofExport(name)]),
    ),
    '### Example',
    `\`\`\`json\n${JSON.stringify(EXAMPLE, undefined, 2)}\n\`\`\``,
  );
}
