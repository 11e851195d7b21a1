/**
 * What every value of a flow row may be, column by column: the receiving half of to-columns.ts. Types bound most values; what is
 * asked beyond them keeps figures from being forged wholesale (sums, times) and texts from being anything but our own words.
 */
import { PACKET_BYTES_MAX } from '../capture/reader.ts';
import { CLASSES } from '../classify/class.ts';
import { MARKS } from '../classify/marks/index.ts';
import { PREDICATES } from '../classify/predicates.ts';
import { PrefixSet } from '../net/prefix-set.ts';
import type { ColumnCheck } from '../segment/group-read.ts';
import { AddressCheck } from './address-check.ts';
import type { FlowColumnName } from './columns.ts';
import { PAYLOAD_SAMPLE_BYTES_MAX } from './row-store.ts';
import { BytesCheck, NumberCheck, type NumberRule, TextCheck } from './value-checks.ts';

const MINUTE_MS = 60_000;
const MINUTE_US = 60_000_000;
const FLAGS_MAX = 0xfff;
/** `kinds_mss_ws` of layoutText: at most 40 bytes of options, hence 40 kinds and a `!`. */
const OPTIONS = /^$|^\d{1,3}(?:-\d{1,3}){0,39}(?:-!)?_\d{0,5}_\d{0,3}$/;

const CLASS_NAMES: ReadonlySet<string> = new Set(CLASSES.map(({ name }) => name));

export interface FlowBounds {
  /** The rows' minutes lie in [minute_from_ms, minute_to_ms). */
  readonly minute_from_ms: number;
  readonly minute_to_ms: number;
  /** Where given, destinations must lie in these prefixes. */
  readonly prefixes?: readonly string[] | undefined;
}

export class FlowCheck {
  readonly columns: Readonly<Record<FlowColumnName, ColumnCheck>>;
  private readonly packetSum = new NumberCheck(4, { least: 1, most: 0xffff_ffff, isSummed: true });
  private readonly byteSum = new NumberCheck(8, { most: Number.MAX_SAFE_INTEGER, isSummed: true });

  /** Throws RangeError when a prefix is none. */
  constructor({ minute_from_ms, minute_to_ms, prefixes }: FlowBounds) {
    const minutes: NumberRule = { least: minute_from_ms, most: minute_to_ms - MINUTE_MS, step: MINUTE_MS };
    this.columns = {
      minute: new NumberCheck(8, minutes),
      src: new AddressCheck(),
      dst: new AddressCheck(prefixes === undefined ? undefined : new PrefixSet(prefixes)),
      proto: upTo(0xff),
      service_port: upTo(0xffff),
      icmp_type: upTo(0xff),
      icmp_code: upTo(0xff),
      class: new TextCheck((text) => CLASS_NAMES.has(text)),
      marks: new TextCheck(setsOf(MARKS.map(({ name }) => name))),
      predicates: new TextCheck(setsOf(PREDICATES.map(({ name }) => name))),
      packets: this.packetSum,
      bytes: this.byteSum,
      first_us: upTo(MINUTE_US - 1),
      duration_us: upTo(MINUTE_US - 1),
      ip_bytes_first: upTo(0xffff),
      ttl_min: upTo(0xff),
      ttl_max: upTo(0xff),
      ip_id_first: upTo(0xffff),
      client_port_min: upTo(0xffff),
      client_port_spread: upTo(0xffff),
      tcp_flags: upTo(FLAGS_MAX),
      tcp_window_first: upTo(0xffff),
      tcp_seq_first: upTo(0xffff_ffff),
      tcp_options_first: new TextCheck((text) => OPTIONS.test(text)),
      quoted_dst: new AddressCheck(),
      quoted_proto: upTo(0xff),
      quoted_port: upTo(0xffff),
      payload_bytes_first: upTo(0xffff),
      payload: new BytesCheck(1, PAYLOAD_SAMPLE_BYTES_MAX),
    };
  }

  /** Packets of all rows seen. */
  get packets(): number {
    return this.packetSum.sum;
  }

  /** What is wrong with the rows as a whole. */
  state(kept: number): string | undefined {
    if (this.packetSum.sum !== kept) return 'the packets of its rows are not the packets kept';
    const isPossible = this.byteSum.sum <= kept * PACKET_BYTES_MAX;
    return isPossible ? undefined : 'its rows have more bytes than so many packets can';
  }
}

function upTo(most: number): NumberCheck {
  return new NumberCheck(4, { most });
}

/** Names of a list in the list's order, separated by spaces; none is the empty text. */
function setsOf(names: readonly string[]): (text: string) => boolean {
  const places = new Map(names.map((name, place) => [name, place]));
  return (text) => {
    if (text === '') return true;
    let last = -1;
    for (const name of text.split(' ')) {
      const place = places.get(name);
      if (place === undefined || place <= last) return false;
      last = place;
    }
    return true;
  };
}
