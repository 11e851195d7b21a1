/**
 * The rows of one minute, as columns that grow: what a sensor's flow table would hold. A row names its face (face.ts) and has the
 * fields in which rows of one face differ. The memory is used again for the next minute.
 */
import type { FlowColumnName } from '@noroshi/wire/flow/columns.ts';
import { V4_MAPPED_WORD } from '@noroshi/wire/net/address.ts';
import type { ColumnData } from '@noroshi/wire/segment/parquet.ts';
import { type Face, type FaceName, FACES } from './face.ts';

/** Rows of one minute; one more is an error of the simulation, whose rates its options bound. */
const SHEET_ROWS_MAX = 1 << 22;
const ROWS_FIRST = 4096;
const NUMBERS = new Map(Object.keys(FACES).map((name, number) => [name, number]));
const LIST: readonly Face[] = Object.values(FACES);
const PREFIX = Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, V4_MAPPED_WORD >>> 8, V4_MAPPED_WORD & 255]);
const ARENA = Uint8Array.from(LIST.flatMap(({ payload }) => [...payload]));
const PAYLOAD_AT = LIST.map((_, number) => LIST.slice(0, number).reduce((sum, { payload }) => sum + payload.length, 0));

interface Arrays {
  face: Uint16Array;
  /** Addresses in network order, four bytes each. */
  src: DataView;
  dst: DataView;
  quoted: DataView;
  quoted_port: Uint16Array;
  service_port: Uint16Array;
  client_min: Uint16Array;
  client_max: Uint16Array;
  packets: Uint32Array;
  first_us: Uint32Array;
  last_us: Uint32Array;
  seq: Uint32Array;
  ip_id: Uint16Array;
  ttl: Uint8Array;
}

export class Sheet {
  rows = 0;
  private readonly rowsMax: number;
  private arrays: Arrays;

  constructor(rowsMax = SHEET_ROWS_MAX) {
    this.rowsMax = rowsMax;
    this.arrays = arraysOf(Math.min(rowsMax, ROWS_FIRST));
  }

  clear(): void {
    this.rows = 0;
  }

  /** Adds a row of one packet and returns its number. */
  add(face: FaceName, src: number, dst: number, servicePort: number, clientPort: number, at_us: number): number {
    if (this.rows === this.arrays.face.length) this.grow();
    const { arrays } = this;
    const row = this.rows++;
    arrays.face[row] = NUMBERS.get(face) ?? 0;
    arrays.src.setInt32(row * 4, src);
    arrays.dst.setInt32(row * 4, dst);
    arrays.service_port[row] = servicePort;
    arrays.client_min[row] = clientPort;
    arrays.client_max[row] = clientPort;
    arrays.packets[row] = 1;
    arrays.first_us[row] = at_us;
    arrays.last_us[row] = at_us;
    arrays.seq[row] = 0;
    arrays.ip_id[row] = 0;
    arrays.ttl[row] = 64;
    arrays.quoted.setInt32(row * 4, 0);
    arrays.quoted_port[row] = 0;
    return row;
  }

  /** What random headers say of the row's first packet. */
  head(row: number, ttl: number, random: number): void {
    const { arrays } = this;
    arrays.ttl[row] = ttl;
    arrays.seq[row] = random;
    arrays.ip_id[row] = Math.imul(random, 0x9e3779b1) >>> 16;
  }

  quote(row: number, victim: number, port: number): void {
    this.arrays.quoted.setInt32(row * 4, victim);
    this.arrays.quoted_port[row] = port;
  }

  /** One packet more in a row. */
  join(row: number, clientPort: number, at_us: number): void {
    const { arrays } = this;
    arrays.packets[row]++;
    if (at_us < arrays.first_us[row]) arrays.first_us[row] = at_us;
    if (at_us > arrays.last_us[row]) arrays.last_us[row] = at_us;
    if (clientPort < arrays.client_min[row]) arrays.client_min[row] = clientPort;
    if (clientPort > arrays.client_max[row]) arrays.client_max[row] = clientPort;
  }

  /** The rows as columns. They share memory with this sheet: good until it is cleared and filled again. */
  columns(minute_ms: number): Record<FlowColumnName, ColumnData> {
    const { arrays, rows } = this;
    const indices = arrays.face.subarray(0, rows);
    const named = (of: (face: Face) => string | number): ColumnData => ({
      kind: 'dictionary',
      indices,
      entries: LIST.map(of),
    });
    const values = (array: Uint8Array | Uint16Array | Uint32Array): ColumnData => ({
      kind: 'values',
      values: array.subarray(0, rows),
    });
    const tails = (view: DataView): ColumnData => ({
      kind: 'tails',
      prefix: PREFIX,
      tails: new Uint8Array(view.buffer, 0, rows * 4),
    });
    return {
      minute: { kind: 'constant', value: minute_ms },
      src: tails(arrays.src),
      dst: tails(arrays.dst),
      proto: named(({ proto }) => proto),
      service_port: values(arrays.service_port),
      icmp_type: named(({ icmp_type }) => icmp_type),
      icmp_code: named(({ icmp_code }) => icmp_code),
      class: named((face) => face.class),
      marks: named(({ marks }) => marks),
      predicates: named(({ predicates }) => predicates),
      packets: values(arrays.packets),
      bytes: { kind: 'values', values: this.bytes() },
      first_us: values(arrays.first_us),
      duration_us: values(differences(arrays.last_us, arrays.first_us, new Uint32Array(rows))),
      ip_bytes_first: named(({ ip_bytes }) => ip_bytes),
      ttl_min: values(arrays.ttl),
      ttl_max: values(arrays.ttl),
      ip_id_first: values(arrays.ip_id),
      client_port_min: values(arrays.client_min),
      client_port_spread: values(differences(arrays.client_max, arrays.client_min, new Uint16Array(rows))),
      tcp_flags: named(({ tcp_flags }) => tcp_flags),
      tcp_window_first: named(({ tcp_window }) => tcp_window),
      tcp_seq_first: values(arrays.seq),
      tcp_options_first: named(({ options }) => options),
      ...this.quotes(),
      quoted_proto: named(({ quoted_proto }) => quoted_proto),
      quoted_port: values(arrays.quoted_port),
      payload_bytes_first: named(({ payload }) => payload.length),
      payload: this.payloads(),
    };
  }

  /** Low word, high word. */
  private bytes(): Uint32Array {
    const { arrays, rows } = this;
    const words = new Uint32Array(rows * 2);
    for (let row = 0; row < rows; row++) {
      const sum = arrays.packets[row] * LIST[arrays.face[row]].ip_bytes;
      words[row * 2] = sum;
      words[row * 2 + 1] = sum / 2 ** 32;
    }
    return words;
  }

  private present(has: (face: Face) => boolean): Uint32Array {
    const { arrays, rows } = this;
    const wanted = LIST.map(has);
    const present = new Uint32Array(rows);
    let count = 0;
    for (let row = 0; row < rows; row++) if (wanted[arrays.face[row]]) present[count++] = row;
    return present.subarray(0, count);
  }

  private quotes(): { quoted_dst: ColumnData } {
    const present = this.present(({ quoted_proto }) => quoted_proto !== 0);
    if (present.length === 0) return { quoted_dst: { kind: 'constant', value: null } };
    const tails = new Uint8Array(present.length * 4);
    const view = new DataView(tails.buffer);
    for (const [index, row] of present.entries()) view.setInt32(index * 4, this.arrays.quoted.getInt32(row * 4));
    return { quoted_dst: { kind: 'tails', prefix: PREFIX, tails, present: { rows: present } } };
  }

  private payloads(): ColumnData {
    const present = this.present(({ payload }) => payload.length > 0);
    if (present.length === 0) return { kind: 'constant', value: null };
    const { face } = this.arrays;
    const offsets = Uint32Array.from(present, (row) => PAYLOAD_AT[face[row]]);
    const lengths = Uint8Array.from(present, (row) => LIST[face[row]].payload.length);
    return { kind: 'blobs', arena: ARENA, offsets, lengths, present: { rows: present } };
  }

  /** @throws RangeError when it may not hold more */
  private grow(): void {
    const { arrays: before, rowsMax } = this;
    if (this.rows >= rowsMax) throw new RangeError(`Cannot simulate rows: more than ${rowsMax} in a minute`);
    const rows = Math.min(rowsMax, this.rows * 2);
    this.arrays = arraysOf(rows);
    for (const [name, array] of Object.entries(this.arrays) as [keyof Arrays, Uint8Array | DataView][]) {
      const old = before[name];
      if (array instanceof DataView) new Uint8Array(array.buffer).set(new Uint8Array(old.buffer));
      else array.set(old as Uint8Array);
    }
  }
}

function arraysOf(rows: number): Arrays {
  const words = (): DataView => new DataView(new ArrayBuffer(rows * 4));
  return {
    face: new Uint16Array(rows),
    src: words(),
    dst: words(),
    quoted: words(),
    quoted_port: new Uint16Array(rows),
    service_port: new Uint16Array(rows),
    client_min: new Uint16Array(rows),
    client_max: new Uint16Array(rows),
    packets: new Uint32Array(rows),
    first_us: new Uint32Array(rows),
    last_us: new Uint32Array(rows),
    seq: new Uint32Array(rows),
    ip_id: new Uint16Array(rows),
    ttl: new Uint8Array(rows),
  };
}

function differences<A extends Uint16Array | Uint32Array>(most: A, least: A, out: A): A {
  for (let row = 0; row < out.length; row++) out[row] = most[row] - least[row];
  return out;
}
