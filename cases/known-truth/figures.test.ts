/** A simulated day through the whole path: its published figures are what the simulator says it sent. See README.md. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Center, startCenter } from '@noroshi/center/main.ts';
import { parseConfig } from '@noroshi/center/config/load.ts';
import { mmdbOf } from '@noroshi/center/enrich/testing.ts';
import { startNoroshi } from '@noroshi/cli/testing.ts';
import { SILENT } from '@noroshi/kit/log.ts';
import { runReplay } from '@noroshi/sensor/main.ts';
import { type SimulateOptions, simulateToBytes, type Truth, type TruthEvent } from '@noroshi/simulate/main.ts';
import type { Report } from '@noroshi/wire/api/report.ts';

const COUNTRIES = ['JP', 'NL', 'US', 'BR'];
const TOKEN = 'a-token-that-nobody-guesses-0123456789';
const folder = mkdtempSync(join(tmpdir(), 'noroshi-truth-'));
const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');
const options = JSON.parse(read('input.json')) as SimulateOptions & { prefixes: readonly string[] };
let center: Center;
let truth: Truth;
let report: Report;

before(async () => {
  const capture = join(folder, 'day.pcap');
  const simulated = simulateToBytes(options);
  truth = simulated.truth;
  writeFileSync(capture, simulated.bytes);
  writeFileSync(join(folder, 'scanners.json'), JSON.stringify(scannerList(truth)));
  writeFileSync(join(folder, 'places.mmdb'), mmdbOf(truth.events.map(placeOf), 24, 4));
  center = await startCenter(configOf(folder), {
    log: SILENT,
    now_ms: Date.now,
    random: Math.random,
    version: 'test',
    portal: undefined,
  });
  await runReplay({
    paths: [capture],
    prefixes: options.prefixes,
    workers: 1,
    sensor: 'hill-1',
    center: { url: center.url, token: TOKEN },
    spool: { folder: join(folder, 'spool'), bytesMax: 2 ** 30, filesMax: 1000, freeBytesMin: 0 },
    compression: 'none',
    log: SILENT,
    signal: new AbortController().signal,
  });
  report = JSON.parse(await reported()) as Report;
});
after(async () => {
  await center.stop('the test is over');
  rmSync(folder, { recursive: true, force: true });
});

function configOf(state: string) {
  const digest = createHash('sha256').update(TOKEN).digest('hex');
  const lines = [
    `state_folder: ${join(state, 'state')}`,
    'listen: { port: 0 }',
    `scanner_lists: [${join(state, 'scanners.json')}]`,
    `tables: { country_file: ${join(state, 'places.mmdb')}, asn_file: ${join(state, 'places.mmdb')} }`,
    `sensors: [{ name: hill-1, feed: replay, token_sha256: "${digest}", prefixes: ["${options.prefixes.join('", "')}"] }]`,
  ];
  return parseConfig(lines.join('\n'), 'test.yaml');
}

/** What `noroshi report` prints. */
async function reported(): Promise<string> {
  const child = startNoroshi(['report', '--period', '2021-02-03', '--format', 'json', '--center', center.url]);
  const parts: Buffer[] = [];
  child.stdout?.on('data', (part: Buffer) => parts.push(part));
  child.stderr?.on('data', (part: Buffer) => parts.push(part));
  const [code] = (await once(child, 'close')) as [number];
  assert.equal(code, 0, Buffer.concat(parts).toString());
  return Buffer.concat(parts).toString();
}

/** The research scanners of the simulation, in the format of misp-warninglists. */
function scannerList({ events }: Truth) {
  const list = events.filter(isResearch).map(({ subject }) => `${subject}/32`);
  return { name: 'Research of the simulation', type: 'cidr', version: 20_210_203, description: '', list };
}

/** What the look-up tables say of a source or victim, as the operator's own mmdb: by its place in the truth. */
function placeOf({ subject }: TruthEvent, index: number) {
  const number = index % COUNTRIES.length;
  return {
    prefix: `${subject}/32`,
    record: {
      country: { iso_code: COUNTRIES[number] },
      autonomous_system_number: 64_500 + number,
      autonomous_system_organization: `Network ${number}`,
    },
  };
}

function isResearch({ kind }: TruthEvent): boolean {
  return kind === 'research-scan';
}

function isAttack({ kind }: TruthEvent): boolean {
  return kind === 'dos';
}

function packetsOf(events: readonly TruthEvent[]): number {
  return events.reduce((sum, { packets }) => sum + packets, 0);
}

function sourcesOf(events: readonly TruthEvent[]): number {
  return new Set(events.map(({ subject }) => subject)).size;
}

/** Figures that the truth alone settles, without looking at a packet. */
function expectedOf({ events, header }: Truth): Record<string, readonly [all: number, plain: number | null]> {
  // A replay listened from the minute of its first packet to that of its last.
  const [first, last] = [Math.min(...events.map(({ start }) => start)), Math.max(...events.map(({ end }) => end))];
  const days = (Math.floor(last / 60) - Math.floor(first / 60) + 1) / 1440;
  const addressDays = header.addresses4 * days;
  const accesses = events.filter((event) => !isAttack(event));
  const plain = accesses.filter((event) => !isResearch(event));
  const bots = plain.filter(({ actor }) => actor === 'mirai');
  const marked = accesses.filter(({ tool }) => tool !== undefined && ['mirai', 'zmap', 'masscan'].includes(tool));
  const many = plain.filter(({ port_count = 0 }) => port_count >= 100);
  const attacks = events.filter(isAttack);
  return {
    accesses: [packetsOf(accesses) / addressDays, packetsOf(plain) / addressDays],
    access_spacing: [(86_400 * addressDays) / packetsOf(accesses), (86_400 * addressDays) / packetsOf(plain)],
    sources: [sourcesOf(accesses), sourcesOf(plain)],
    mirai_accesses: [packetsOf(bots) / addressDays, packetsOf(bots) / addressDays],
    mirai_sources: [sourcesOf(bots), sourcesOf(bots)],
    marked_accesses: [packetsOf(marked) / addressDays, packetsOf(bots) / addressDays],
    marked_sources: [sourcesOf(marked), sourcesOf(bots)],
    many_port_sources: [many.length, many.length],
    backscatter: [packetsOf(attacks) / days, packetsOf(attacks) / days],
    victims: [sourcesOf(attacks), sourcesOf(attacks)],
    scanner_share: [1 - packetsOf(plain) / packetsOf(accesses), null],
    ipv6_share: [0, 0],
  };
}

/** Packets, and their sources, that may carry a 16-bit mark by chance: of 18,000 SYNs a quarter of one. */
const BY_CHANCE = 2;

test('cases/known-truth: every figure that the truth settles is published as it is', () => {
  for (const [id, [all, plain]] of Object.entries(expectedOf(truth))) {
    const figure = report.summary.figures.find((one) => one.id === id) ?? assert.fail(id);
    const slack = { marked_accesses: BY_CHANCE / truth.header.addresses4, marked_sources: BY_CHANCE }[id] ?? 0;
    near(figure.all.value, all, slack, id);
    near(figure.without_scanners.value, plain, slack, `${id} without scanners`);
  }
});

test('cases/known-truth: ports, countries, networks and organisations rank as the truth has them', () => {
  const { ports, countries, networks, scanners } = report.rankings;
  const sent = COUNTRIES.map((country, number) => {
    const own = truth.events.filter((event, index) => !isAttack(event) && index % COUNTRIES.length === number);
    return { country, network: `AS${64_500 + number}`, packets: packetsOf(own), sources: sourcesOf(own) };
  }).toSorted((a, b) => b.packets - a.packets);
  assert.deepEqual(
    countries.rows.map((row) => [row.key, row.packets, Math.round(row.sources ?? 0), row.rank]),
    sent.map(({ country, packets, sources }, index) => [country, packets, sources, index + 1]),
  );
  assert.deepEqual(
    networks.rows.map((row) => [row.key, row.label.en, row.packets]),
    sent.map(({ network, packets }) => [network, `Network ${Number(network.slice(-1))}`, packets]),
  );
  const byActor = (name: string): number => packetsOf(truth.events.filter(({ actor }) => actor === name));
  assert.equal(ports.rows.find(({ key }) => key === '123/udp')?.packets, byActor('udp-ntp'));
  const [first] = ports.rows;
  assert.equal(first.key, '23/tcp');
  assert.deepEqual(
    scanners.rows.map(({ key, packets }) => [key, packets]),
    [['Research of the simulation', packetsOf(truth.events.filter(isResearch))]],
  );
});

test('cases/known-truth: the figures are the committed ones, and nothing was lost', () => {
  const { exposure, figures } = report.summary;
  assert.deepEqual(
    [exposure.addresses, exposure.received, exposure.kept],
    [256, truth.header.packets, truth.header.packets],
  );
  const shown = figures.map(({ id, all, without_scanners }) => [
    id,
    rounded(all.value),
    rounded(without_scanners.value),
  ]);
  const text = `${shown.map((row) => JSON.stringify(row)).join('\n')}\n`;
  if (process.env.NOROSHI_ACCEPT === '1') writeFileSync(join(import.meta.dirname, 'expected.jsonl'), text);
  assert.equal(text, read('expected.jsonl'));
});

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(9));
}

/** @param slack how much more it may be */
function near(actual: number | null, expected: number | null, slack: number, what: string): void {
  const difference = (actual ?? 0) - (expected ?? 0);
  const tiny = 1e-9 * Math.abs(expected ?? 0);
  const isNear = (actual === null) === (expected === null) && difference >= -tiny && difference <= slack * 1.01 + tiny;
  assert.ok(isNear, `${what}: ${actual}, expected ${expected}`);
}
