/**
 * Sessions: packets of one key without a silence longer than the idle time, as definitions of scanners have them that let an event
 * expire. Rows tell the first and the last packet of a minute, so a silence within a minute is not seen; every idle time here is
 * longer than a minute, and the silence between the last packet of one minute and the first of another is exact.
 *
 * A definition is held against each session at the end of every minute in which it had packets. Its source holds it against the whole
 * event, when that is over; a scan is found earlier here, and one that falls below a rate later was still found.
 */
import { formatAddress } from '@noroshi/wire/net/address.ts';
import type { Sighting } from '../../../ledger/sighting.ts';
import { MINUTE_MS } from '../../bins.ts';
import { NOTHING_SEEN, type Run, type Seen } from '../../detector.ts';
import type { Bin, FlowBatch } from '../../flow-batch.ts';
import { minuteIndexOf, renumbered } from '../sources/minute.ts';
import { AddressTable, grown, NONE, PairTable } from '../sources/tables.ts';
import { Tally } from './tally.ts';

export interface SessionLimits {
  readonly sources: number;
  /** Sessions of a block, those that are over as well. */
  readonly sessions: number;
  /** Distinct things of all sessions. */
  readonly things: number;
  /** Findings told in one minute; those beyond are counted in `left_out`. */
  readonly told_a_minute: number;
}

export const SESSION_LIMITS: SessionLimits = {
  sources: 1_000_000,
  sessions: 3_000_000,
  things: 5_000_000,
  told_a_minute: 2000,
};

/** A session as far as it is known. */
export interface Session {
  readonly packets: number;
  readonly targets: number;
  readonly ports: number;
  readonly duration_s: number;
  /** N: addresses that listen in this minute. */
  readonly addresses: number;
  /** Most targets of one port of it; only where the definition asks (`countsPorts`). */
  readonly targets_a_port: number;
  /** Distinct pairs of target and port; only where the definition asks. */
  readonly attempts: number;
}

export interface Definition {
  readonly idle_s: number;
  counts(flows: FlowBatch, row: number): boolean;
  /** The second word of the key beside the source. */
  key(flows: FlowBatch, row: number): number;
  /** The port of a row: what `ports` counts. */
  port(flows: FlowBatch, row: number): number;
  /** Whether ports, attempts and targets of a port are counted at all. */
  readonly countsPorts: boolean;
  aspect(key: number): string;
  judge(session: Session): Pick<Sighting, 'confidence' | 'reasons'> | undefined;
  readonly limits: SessionLimits;
}

const TARGETS_MAX = 262_144;
/** Of one session, "at least" beyond. */
const THINGS_A_SESSION = 16_384;

export class SessionRun implements Run {
  private readonly definition: Definition;
  private readonly sources: AddressTable;
  private readonly targets = new AddressTable(TARGETS_MAX);
  private readonly keys: PairTable;
  /** Target and port as one number. */
  private readonly pairs: PairTable;
  private readonly byTarget: Tally;
  private readonly byPort: Tally;
  private readonly byPair: Tally;
  private readonly portTargets: Tally;
  /** By key: its session, counted from 1; the minute it was last met in; and that minute's first packet. */
  private sessionOf = new Uint32Array(1024);
  private metIn = new Float64Array(1024);
  private metFirst_ms = new Float64Array(1024);
  private sourceOf = new Uint32Array(1024);
  private secondOf = new Uint32Array(1024);
  /** By session: most targets of one port. */
  private portBest = new Uint32Array(1024);
  private sessions = 0;

  constructor(definition: Definition) {
    const { limits } = definition;
    const tally = { keys: limits.sessions, things: limits.things, things_a_key: THINGS_A_SESSION };
    this.definition = definition;
    this.sources = new AddressTable(limits.sources);
    this.keys = new PairTable(limits.sessions);
    this.pairs = new PairTable(limits.things);
    this.byTarget = new Tally({ ...tally, bySource: true });
    this.byPort = new Tally({ ...tally, bySource: true });
    this.byPair = new Tally({ ...tally, bySource: true });
    this.portTargets = new Tally(tally);
  }

  step(bin: Bin): Seen {
    const { flows } = bin;
    const index = minuteIndexOf(bin);
    const sourceOf = renumbered(this.sources, flows.src, index.sourceRow);
    const targetOf = renumbered(this.targets, flows.dst, index.targetRow);
    const keyOf = this.meet(bin, index.source, sourceOf);
    const met = new Set<number>();
    for (let row = 0; row < flows.rows; row++) {
      const key = keyOf[row];
      const target = targetOf[index.target[row]];
      if (key === NONE || target === NONE) continue;
      const session = this.sessionFor(key, bin.minute_ms);
      if (session === NONE) continue;
      this.addRow(bin, row, session, target);
      met.add(key);
    }
    return this.tell(bin, met);
  }

  /** The key of each row, or NONE, and of each key the minute's first packet. */
  private meet({ flows, minute_ms }: Bin, source: Uint32Array, sourceOf: Int32Array): Int32Array {
    const keys = new Int32Array(flows.rows).fill(NONE);
    for (let row = 0; row < flows.rows; row++) {
      if (!this.definition.counts(flows, row)) continue;
      const from = sourceOf[source[row]];
      if (from === NONE) continue;
      const second = this.definition.key(flows, row);
      const key = this.keys.add(from, second);
      if (key === NONE) continue;
      keys[row] = key;
      if (key >= this.sessionOf.length) this.growKeys();
      const first_ms = minute_ms + flows.first_us[row] / 1000;
      if (this.metIn[key] !== minute_ms) {
        this.metIn[key] = minute_ms;
        this.metFirst_ms[key] = first_ms;
        this.sourceOf[key] = from;
        this.secondOf[key] = second;
      } else if (first_ms < this.metFirst_ms[key]) this.metFirst_ms[key] = first_ms;
    }
    return keys;
  }

  /** The session that a key's packets of this minute belong to. */
  private sessionFor(key: number, minute_ms: number): number {
    const session = this.sessionOf[key] - 1;
    if (session >= 0) {
      const last_ms = this.byTarget.last_ms(session);
      if (last_ms >= minute_ms || this.metFirst_ms[key] - last_ms <= this.definition.idle_s * 1000) return session;
    }
    if (this.sessions >= this.definition.limits.sessions) return NONE;
    this.sessionOf[key] = ++this.sessions;
    if (this.sessions > this.portBest.length) this.portBest = grown(this.portBest, this.portBest.length * 2);
    return this.sessions - 1;
  }

  private addRow({ flows, minute_ms }: Bin, row: number, session: number, target: number): void {
    const first_ms = minute_ms + flows.first_us[row] / 1000;
    const last_ms = first_ms + flows.duration_us[row] / 1000;
    const packets = flows.packets[row];
    this.byTarget.add(session, 0, target, packets, first_ms, last_ms);
    if (!this.definition.countsPorts) return;
    const port = this.definition.port(flows, row);
    this.byPort.add(session, 0, port, packets, first_ms, last_ms);
    const pair = this.pairs.add(target, port);
    if (pair !== NONE) this.byPair.add(session, 0, pair, packets, first_ms, last_ms);
    const ofPort = this.portTargets.add(session, port, target, packets, first_ms, last_ms);
    if (ofPort !== NONE) {
      this.portBest[session] = Math.max(this.portBest[session], this.portTargets.distinct(ofPort));
    }
  }

  private growKeys(): void {
    const length = this.sessionOf.length * 2;
    this.sessionOf = grown(this.sessionOf, length);
    this.metIn = grown(this.metIn, length);
    this.metFirst_ms = grown(this.metFirst_ms, length);
    this.sourceOf = grown(this.sourceOf, length);
    this.secondOf = grown(this.secondOf, length);
  }

  /** Sightings of the sessions of these keys that fulfil the definition; the hour is their bin. */
  private tell({ minute_ms, exposure }: Bin, met: ReadonlySet<number>): Seen {
    const sightings: Sighting[] = [];
    for (const key of met) {
      const sighting = this.sighting(key, minute_ms, exposure.addresses);
      if (sighting !== undefined) sightings.push(sighting);
    }
    if (sightings.length === 0) return NOTHING_SEEN;
    const max = this.definition.limits.told_a_minute;
    if (sightings.length <= max) return { sightings };
    const left_out = sightings.length - max;
    const told = sightings.sort((a, b) => (a.subject.value < b.subject.value ? -1 : 1)).slice(0, max);
    const code = { code: 'left_out', values: { scans: left_out } };
    return { sightings: told.map((sighting) => ({ ...sighting, reasons: [...sighting.reasons, code] })) };
  }

  private sighting(key: number, minute_ms: number, addresses: number): Sighting | undefined {
    const session = this.sessionOf[key] - 1;
    const { byTarget } = this;
    const [first_ms, last_ms] = [byTarget.first_ms(session), byTarget.last_ms(session)];
    const figures = { packets: byTarget.packets(session), targets: byTarget.distinct(session) };
    const ports = this.definition.countsPorts ? this.byPort.distinct(session) : 1;
    const judged = this.definition.judge({
      ...figures,
      ports,
      duration_s: (last_ms - first_ms) / 1000,
      addresses,
      targets_a_port: this.portBest[session],
      attempts: this.definition.countsPorts ? this.byPair.distinct(session) : 0,
    });
    if (judged === undefined) return undefined;
    const { words } = this.sources;
    const at = this.sourceOf[key] * 4;
    const value = formatAddress(words[at], words[at + 1], words[at + 2], words[at + 3]);
    const bin_ms = Math.floor(minute_ms / (SESSION_BIN_MINUTES * MINUTE_MS)) * SESSION_BIN_MINUTES * MINUTE_MS;
    return {
      subject: { kind: 'address', value },
      aspect: this.definition.aspect(this.secondOf[key]),
      bin_ms,
      first_ms: Math.max(first_ms, bin_ms),
      last_ms,
      ...judged,
      figures: { ...figures, ports },
    };
  }
}

/** Findings of sessions have bins of an hour; of one hour's sightings the last counts. */
const SESSION_BIN_MINUTES = 60;
/** Sessions that began more than an hour in front of a block of six hours are cut there. */
export const SESSION_BLOCK = {
  bin_minutes: SESSION_BIN_MINUTES,
  block_minutes: 360,
  warmup_minutes: 60,
  gap_minutes: 60,
  valid_days: 30,
} as const;
