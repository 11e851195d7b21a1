/**
 * THE column table: what a flow row says. Types, the Parquet schema, ClickHouse's DDL and the documentation derive from it; to
 * add a column, add one entry here and, when it is not a plain bit field of the row, its line in to-columns.ts.
 *
 * One row = one minute of event time × (source, destination, protocol, service port or ICMP type and code, class, marks,
 * quoted victim). Everything else in it is a sum, an extreme, an OR, or the first packet's value.
 */
import type { ColumnType, Schema } from '../segment/parquet.ts';
import * as row from './row.ts';

/** Where a plain column lies in the packed row: `(words[word] >>> shift)` cut to the width of its type. */
export interface Field {
  readonly word: number;
  readonly shift: number;
}

export interface FlowColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable?: boolean;
  /** ClickHouse type of the same column. */
  readonly clickhouse: string;
  /** Unit of its numbers, '' for names and identifiers. */
  readonly unit: string;
  readonly sentence: string;
  /** Part of the key: rows that differ in it are different rows. */
  readonly isKey?: boolean;
  readonly field?: Field;
}

const field = (word: number, shift = 0): { readonly field: Field } => ({ field: { word, shift } });

const COLUMNS = [
  {
    name: 'minute',
    type: 'timestamp_ms',
    clickhouse: "DateTime64(3, 'UTC')",
    unit: 'UTC',
    sentence: 'Start of the minute of event time that the row covers.',
    isKey: true,
  },
  {
    name: 'src',
    type: 'fixed16',
    clickhouse: 'IPv6',
    unit: '',
    sentence: 'Source address; IPv4 as ::ffff:a.b.c.d.',
    isKey: true,
  },
  {
    name: 'dst',
    type: 'fixed16',
    clickhouse: 'IPv6',
    unit: '',
    sentence: 'Destination address, a sensor’s: secret. IPv4 as ::ffff:a.b.c.d.',
    isKey: true,
  },
  {
    name: 'proto',
    type: 'u8',
    clickhouse: 'UInt8',
    unit: '',
    sentence: 'IP protocol number behind extension headers.',
    isKey: true,
    ...field(row.META, row.META_PROTO_SHIFT),
  },
  {
    name: 'service_port',
    type: 'u16',
    clickhouse: 'UInt16',
    unit: '',
    sentence:
      'The port that names the service: destination port of what asks, source port of what answers; 0 without ports.',
    isKey: true,
    ...field(row.PORTS),
  },
  {
    name: 'icmp_type',
    type: 'u8',
    clickhouse: 'UInt8',
    unit: '',
    sentence: 'ICMP or ICMPv6 type; 0 when proto is neither.',
    isKey: true,
    ...field(row.PORTS, row.PORTS_ICMP_TYPE_SHIFT),
  },
  {
    name: 'icmp_code',
    type: 'u8',
    clickhouse: 'UInt8',
    unit: '',
    sentence: 'ICMP or ICMPv6 code; 0 when proto is neither.',
    isKey: true,
    ...field(row.PORTS, row.PORTS_ICMP_CODE_SHIFT),
  },
  {
    name: 'class',
    type: 'string',
    clickhouse: 'LowCardinality(String)',
    unit: '',
    sentence: 'What the packets are: a name of classify/class.ts.',
    isKey: true,
  },
  {
    name: 'marks',
    type: 'string',
    clickhouse: 'LowCardinality(String)',
    unit: '',
    sentence: 'Header marks of tools and bots, names of classify/marks separated by spaces; evidence, not a verdict.',
    isKey: true,
  },
  {
    name: 'predicates',
    type: 'string',
    clickhouse: 'LowCardinality(String)',
    unit: '',
    sentence: 'Facts of classify/predicates.ts that hold for at least one of the packets, separated by spaces.',
  },
  {
    name: 'packets',
    type: 'u32',
    clickhouse: 'UInt32',
    unit: 'packets',
    sentence: 'Packets in the row.',
  },
  {
    name: 'bytes',
    type: 'u64',
    clickhouse: 'UInt64',
    unit: 'bytes',
    sentence: 'Sum of the IP packets’ lengths by their headers.',
  },
  {
    name: 'first_us',
    type: 'u32',
    clickhouse: 'UInt32',
    unit: 'µs',
    sentence: 'Time of the earliest packet behind the minute’s start.',
    ...field(row.FIRST_US),
  },
  {
    name: 'duration_us',
    type: 'u32',
    clickhouse: 'UInt32',
    unit: 'µs',
    sentence:
      'From the earliest to the latest packet; a row of one packet has 0, and a group of such rows costs no byte.',
  },
  {
    name: 'ip_bytes_first',
    type: 'u16',
    clickhouse: 'UInt16',
    unit: 'bytes',
    sentence: 'IP length of the first packet, 65535 for longer ones.',
    ...field(row.LENGTHS),
  },
  {
    name: 'ttl_min',
    type: 'u8',
    clickhouse: 'UInt8',
    unit: 'hops',
    sentence: 'Least TTL or hop limit.',
    ...field(row.TTL_FLAGS),
  },
  {
    name: 'ttl_max',
    type: 'u8',
    clickhouse: 'UInt8',
    unit: 'hops',
    sentence: 'Greatest TTL or hop limit.',
    ...field(row.TTL_FLAGS, row.TTL_MAX_SHIFT),
  },
  {
    name: 'ip_id_first',
    type: 'u16',
    clickhouse: 'UInt16',
    unit: '',
    sentence: 'IPv4 identification of the first packet; 0 for IPv6.',
    ...field(row.WINDOW_ID),
  },
  {
    name: 'client_port_min',
    type: 'u16',
    clickhouse: 'UInt16',
    unit: '',
    sentence: 'Least port on the side that is not the service’s: a scanner’s source port, a victim’s spoofed peer.',
    ...field(row.CLIENT_PORTS),
  },
  {
    name: 'client_port_spread',
    type: 'u16',
    clickhouse: 'UInt16',
    unit: '',
    sentence: 'Greatest minus least client port; 0 when all packets had the same.',
  },
  {
    name: 'tcp_flags',
    type: 'u16',
    clickhouse: 'UInt16',
    unit: '',
    sentence: 'OR of the twelve TCP flag bits of all packets; 0 when not TCP.',
    ...field(row.TTL_FLAGS, row.FLAGS_SHIFT),
  },
  {
    name: 'tcp_window_first',
    type: 'u16',
    clickhouse: 'UInt16',
    unit: 'bytes',
    sentence: 'TCP window field of the first packet, not scaled; 0 when not TCP.',
    ...field(row.WINDOW_ID, row.WINDOW_SHIFT),
  },
  {
    name: 'tcp_seq_first',
    type: 'u32',
    clickhouse: 'UInt32',
    unit: '',
    sentence: 'TCP sequence number of the first packet; pairs of a source tell nmap and unicornscan. 0 when not TCP.',
    ...field(row.SEQ),
  },
  {
    name: 'tcp_options_first',
    type: 'string',
    clickhouse: 'LowCardinality(String)',
    unit: '',
    sentence: 'TCP options of the first packet as kinds_mss_ws, e.g. 2-1-3-1-1-4_1460_8; empty without options.',
  },
  {
    name: 'quoted_dst',
    type: 'fixed16',
    nullable: true,
    clickhouse: 'Nullable(IPv6)',
    unit: '',
    sentence: 'Destination of the packet that an ICMP error quotes: the victim. Null elsewhere.',
    isKey: true,
  },
  {
    name: 'quoted_proto',
    type: 'u8',
    clickhouse: 'UInt8',
    unit: '',
    sentence: 'IP protocol of the quoted packet; 0 without a quote.',
    isKey: true,
  },
  {
    name: 'quoted_port',
    type: 'u16',
    clickhouse: 'UInt16',
    unit: '',
    sentence: 'Destination port of the quoted packet: the attacked service; 0 without one.',
    isKey: true,
  },
  {
    name: 'payload_bytes_first',
    type: 'u16',
    clickhouse: 'UInt16',
    unit: 'bytes',
    sentence: 'Payload of the first packet by the inner length field, 65535 for longer ones.',
    ...field(row.LENGTHS, row.PAYLOAD_BYTES_SHIFT),
  },
  {
    name: 'payload',
    type: 'bytes',
    nullable: true,
    clickhouse: 'Nullable(String)',
    unit: '',
    sentence: 'Beginning of the first payload seen, at most 128 bytes; null when no packet carried any.',
  },
] as const satisfies readonly FlowColumn[];

export type FlowColumnName = (typeof COLUMNS)[number]['name'];
/** Names of the columns that are a plain bit field of the row. */
export type FieldColumnName = Extract<(typeof COLUMNS)[number], { field: unknown }>['name'];

/** All columns, in the order of the file. */
export const flowColumns: readonly FlowColumn[] = COLUMNS;

/** Parquet schema of a segment. */
export const FLOW_SCHEMA: Schema = flowColumns.map(({ name, type, nullable = false }) => ({ name, type, nullable }));

/** `CREATE TABLE` body for ClickHouse: one column a line, with its sentence as comment. */
export function clickhouseColumns(): string {
  const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  return flowColumns.map((c) => `  ${c.name} ${c.clickhouse} COMMENT ${quote(c.sentence)}`).join(',\n');
}

/** The table as Markdown, for docs/reference. */
export function columnsMarkdown(): string {
  const lines = flowColumns.map((c) => {
    return `| \`${c.name}\` | ${c.type}${c.nullable ? '?' : ''} | ${c.clickhouse} | ${c.unit} | ${c.isKey ? 'key' : ''} | ${c.sentence} |`;
  });
  return ['| column | Parquet | ClickHouse | unit | | meaning |', '|---|---|---|---|---|---|', ...lines].join('\n');
}
