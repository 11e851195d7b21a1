/** The simulator of rows beside the simulator of packets, whose capture goes through the sensor's own flow table. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { flowBatchOf } from '@noroshi/center/detect/flow-batch-of.ts';
import type { FlowBatch } from '@noroshi/center/detect/flow-batch.ts';
import { Random } from '@noroshi/simulate/craft/random.ts';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { Pad } from '@noroshi/simulate/rows/pad.ts';
import { type Role, ROLES } from '@noroshi/simulate/rows/roles.ts';
import type { Act } from '@noroshi/simulate/rows/sender.ts';
import { Sheet } from '@noroshi/simulate/rows/sheet.ts';
import type { EventDetail, TruthEvent } from '@noroshi/simulate/truth.ts';
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { markNames } from '@noroshi/wire/classify/marks/index.ts';
import { folder } from '../testing.ts';
import { CaptureBins } from './captures.ts';

const ADDRESSES = 256;
const PREFIXES = ['25.37.0.0/24'];
const PACKETS = 1200;
const DURATION_S = 1200;
const WORLDS = 6;
/** Names with their packets where the actor's own number would be more instances than one. */
const COMPARED: Readonly<Record<string, number>> = {
  'dos-syn': PACKETS,
  'dos-syn-pulsed': PACKETS,
  'dos-udp': 1000,
  'dos-ttl': 1000,
  'dos-echo': 1000,
  'dos-dns': 800,
  'dos-carpet': PACKETS,
  'synack-scan': 1000,
  'reflection-tcp': PACKETS,
  mirai: 80,
  'smb-worm': 80,
  'connect-linux': 150,
  'zmap-2': 800,
  'masscan-1.3.2': 800,
  'udp-snmp': 300,
  'icmp-sweep': 300,
  'vertical-slow': 500,
  'bittorrent-dht': PACKETS,
  nmap: 300,
};

/** What is compared, summed over worlds. */
interface Sums {
  rows: number;
  packets: number;
  /** Different (minute, destination), (minute, source), (minute, service port). */
  targets: number;
  sources: number;
  services: number;
  /** Rows by what they are. */
  readonly kinds: Map<string, number>;
}

const empty = (): Sums => ({ rows: 0, packets: 0, targets: 0, sources: 0, services: 0, kinds: new Map() });

function add(
  sums: Sums,
  { rows, src, dst, quoted_dst, service_port, packets, class: classes, proto, marks, icmp_type }: FlowBatch,
): void {
  const [targets, sources, services] = [new Set<number>(), new Set<number>(), new Set<number>()];
  for (let row = 0; row < rows; row++) {
    sums.packets += packets[row];
    targets.add(dst[row * 4 + 3]);
    sources.add(src[row * 4 + 3]);
    services.add(service_port[row]);
    const quotes = quoted_dst[row * 4 + 2] === 0 ? '' : ' quotes';
    const names = markNames(marks[row]).join(' ');
    const kind = `${CLASSES[classes[row]].name} ${proto[row]} ${icmp_type[row]} ${names}${quotes}`;
    sums.kinds.set(kind, (sums.kinds.get(kind) ?? 0) + 1);
  }
  sums.rows += rows;
  sums.targets += targets.size;
  sums.sources += sources.size;
  sums.services += services.size;
}

/** A sender like the one of the event: the same profile, the same time. */
function senderLike(role: Role, event: TruthEvent, rate_pm: number): Act {
  const { start, end, pulse_s } = event;
  const life = { birth_s: start, death_s: Math.max(end, start + 1), ...(pulse_s !== undefined && { pulse_s }) };
  for (let seed = 1; seed < 2000; seed++) {
    const act = role.begin({ random: new Random(seed, 77), life, rate_pm, addresses: ADDRESSES, isRhythmic: false });
    if (isLike(act.detail, event)) return act;
  }
  throw new Error(`No sender of ${role.name} is like ${event.id}`);
}

function isLike(detail: EventDetail, event: TruthEvent): boolean {
  const isSame =
    detail.ports?.length === event.ports?.length && (event.kind !== 'dos' || detail.profile === event.profile);
  const ports = (detail.port_count ?? 1) / (detail.port_count === undefined ? 1 : (event.port_count ?? 1));
  // Reflections onto one address or onto a block, scans of one address or two, of a few ports or many.
  const isAsWide = detail.subject.includes('/') === event.subject.includes('/') && ports > 0.7 && ports < 1.4;
  return isSame && isAsWide;
}

function rowsOf(role: Role, event: TruthEvent, rate_pm: number): Sums {
  const act = senderLike(role, event, rate_pm);
  const sheet = new Sheet();
  const pad = new Pad(sheet, ADDRESSES);
  const sums = empty();
  for (let minute = Math.floor(event.start / 60); minute * 60 <= event.end + 10; minute++) {
    sheet.clear();
    pad.minute_s = minute * 60;
    act.act(pad);
    add(sums, flowBatchOf(sheet.columns(minute * 60_000), sheet.rows));
  }
  return sums;
}

async function packetsOf(file: string): Promise<Sums> {
  const sums = empty();
  for await (const { flows } of new CaptureBins({ paths: [file], prefixes: PREFIXES })) add(sums, flows);
  return sums;
}

/** Sums of several worlds as ratios of the second to the first. */
function ratios(packets: readonly Sums[], rows: readonly Sums[]): Record<string, number> {
  const total = (all: readonly Sums[], name: 'rows' | 'packets' | 'targets' | 'sources' | 'services'): number =>
    all.reduce((sum, one) => sum + one[name], 0);
  const ratio = (name: 'rows' | 'packets' | 'targets' | 'sources' | 'services'): number =>
    total(rows, name) / total(packets, name);
  return {
    packets: ratio('packets'),
    rows: ratio('rows'),
    targets: ratio('targets'),
    sources: ratio('sources'),
    services: ratio('services'),
    packetsPerRow: ratio('packets') / ratio('rows'),
  };
}

for (const [name, count] of Object.entries(COMPARED)) {
  test(`rows of ${name}: as many, to as many targets, as packets make`, async (context) => {
    const role = ROLES.find((one) => one.name === name);
    assert.ok(role !== undefined);
    const file = join(folder(context), 'a.pcap');
    const measured: Sums[] = [];
    const simulated: Sums[] = [];
    for (let seed = 1; seed <= WORLDS; seed++) {
      const options = {
        seed,
        packets: count,
        duration_s: DURATION_S,
        prefixes: PREFIXES,
        mix: { [name]: 1 },
        only: true,
      };
      const { bytes, truth } = simulateToBytes(options);
      writeFileSync(file, bytes);
      const [event, ...others] = truth.events;
      assert.deepEqual(others, [], 'one event');
      const ours = await packetsOf(file);
      const worked_s = workedOf(event);
      // First packets a minute: what is sent again comes on top, so the rate is scaled once.
      const trial = rowsOf(role, event, (event.packets / worked_s) * 60);
      const rate_pm = ((event.packets / worked_s) * 60 * event.packets) / Math.max(1, trial.packets);
      measured.push(ours);
      simulated.push(rowsOf(role, event, rate_pm));
    }
    const found = ratios(measured, simulated);
    for (const [what, ratio] of Object.entries(found)) {
      assert.ok(ratio > 0.8 && ratio < 1.25, `${what}: ${ratio.toFixed(2)} of ${JSON.stringify(found)}`);
    }
    assert.deepEqual(kindsOf(simulated), kindsOf(measured));
  });
}

/** Kinds of more than a fiftieth of the rows: a mark that stands there by chance is none. */
function kindsOf(all: readonly Sums[]): string[] {
  const rows = all.reduce((sum, one) => sum + one.rows, 0);
  const counts = new Map<string, number>();
  for (const { kinds } of all) for (const [kind, count] of kinds) counts.set(kind, (counts.get(kind) ?? 0) + count);
  return [...counts].flatMap(([kind, count]) => (count * 50 > rows ? [kind] : [])).toSorted();
}

function workedOf({ start, end, pulse_s }: TruthEvent): number {
  if (pulse_s === undefined) return Math.max(1, end - start);
  const [on, off] = pulse_s;
  const pulses = Math.floor((end - start) / (on + off));
  return Math.max(1, pulses * on + Math.min(on, end - start - pulses * (on + off)));
}
