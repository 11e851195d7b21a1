/**
 * What really happened in a simulated capture: one event per actor instance. The format (README.md) is also the one in
 * which somebody else's labelled capture is read: a line per event with at least `kind`, `subject`, `start` and `end`.
 */
export const TRUTH_SCHEMA = 'noroshi-truth/1';

/** What an event is. One packet belongs to one event, so packets per kind add up to the packets of the capture. */
export const EVENT_KINDS = {
  'research-scan': 'a tool for scanning the whole Internet, run from hosted space',
  'horizontal-scan': 'one source, one or few ports, many of our addresses',
  'vertical-scan': 'one source, many ports, few of our addresses',
  bot: 'an infected device that looks for others',
  dos: 'a victim of an attack with forged sources: its answers reach us',
  'synack-scan': 'a scanner that sends SYN-ACKs; no victim',
  reflection: 'our addresses are forged: many servers answer to few of them',
  amplification: 'requests with a forged source, the victim, to services that answer with more than they got',
  exploit: 'a request that attacks a weakness (sensors that answer)',
  login: 'attempts with user name and password (sensors that answer)',
  misconfiguration: 'many sources that mean one of our addresses by mistake',
  bogon: 'a source that cannot be on the Internet',
  noise: 'packets without a story',
  damage: 'packets that are cut, lie about lengths, fail a checksum or make no sense',
} as const satisfies Record<string, string>;
export type EventKind = keyof typeof EVENT_KINDS;

/** What an actor says of itself; undefined fields are left out of the file. */
export interface EventDetail {
  /** Address or prefix: the source of a scan, the victim of an attack, ours of a reflection; `*` when there is none. */
  readonly subject: string;
  readonly tool?: string;
  readonly version?: string;
  /** Flavour within the tool or attack, such as ZMap's option profile. */
  readonly profile?: string;
  readonly protocol?: string;
  /** Service ports: destination ports of probes, source ports of backscatter; at most 64 are listed. */
  readonly ports?: readonly number[];
  /** How many there were when more than the listed ones. */
  readonly port_count?: number;
  /** Packets per second of the attack that the telescope's share stands for (IPv4: × 2³² ÷ addresses). */
  readonly attack_pps?: number;
  /** Packets that answer an attack packet for the first time; the others are retransmissions. */
  readonly answers?: number;
  /** Seconds on and off of a pulsed attack. */
  readonly pulse_s?: readonly [number, number];
  /** Distinct sources when the subject is not the source. */
  readonly source_count?: number;
  /** Packets whose transport or IP checksum is wrong on purpose. */
  readonly bad_checksums?: number;
  /** True for traffic that exists only where sensors answer. */
  readonly responding?: true;
}

/** One line of a truth file. Times in epoch seconds: those of the first and the last packet. */
export interface TruthEvent extends EventDetail {
  readonly kind: EventKind;
  readonly id: string;
  readonly actor: string;
  readonly net: 4 | 6;
  readonly start: number;
  readonly end: number;
  readonly packets: number;
}

export interface KindTotal {
  readonly events: number;
  readonly packets: number;
}

/** First line of a truth file. */
export interface TruthHeader {
  readonly schema: typeof TRUTH_SCHEMA;
  readonly seed: number;
  readonly scenario: string;
  readonly start_s: number;
  readonly duration_s: number;
  readonly prefixes: readonly string[];
  /** IPv4 addresses of the telescope: N of "× 2³² ÷ N". */
  readonly addresses4: number;
  readonly rhythm: string;
  readonly resolution: 'us' | 'ns';
  readonly snap_bytes: number;
  readonly mix: Readonly<Record<string, number>>;
  readonly only: boolean;
  /** Complete records of the capture. */
  readonly packets: number;
  /** Size of the capture in bytes. */
  readonly bytes: number;
  /** True when the capture ends in the middle of one record more. */
  readonly cut_at_end: boolean;
  readonly totals: Readonly<Partial<Record<EventKind, KindTotal>>>;
}

export interface Truth {
  readonly header: TruthHeader;
  readonly events: readonly TruthEvent[];
}

/** Events and packets per kind, kinds in the order of {@link EVENT_KINDS}. */
export function totalsOf(events: readonly TruthEvent[]): Partial<Record<EventKind, KindTotal>> {
  const totals: Partial<Record<EventKind, KindTotal>> = {};
  for (const kind of Object.keys(EVENT_KINDS) as EventKind[]) {
    const own = events.filter((event) => event.kind === kind);
    if (own.length === 0) continue;
    totals[kind] = { events: own.length, packets: own.reduce((sum, event) => sum + event.packets, 0) };
  }
  return totals;
}

/** The lines of a truth file, header first, each without its line end. */
export function* truthLines(truth: Truth): Generator<string> {
  yield JSON.stringify(truth.header);
  for (const event of truth.events) yield JSON.stringify(event);
}
