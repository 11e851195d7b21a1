/** One trial: a program captures, tcpreplay sends, and what came is held against what was sent. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Namespaces } from '@noroshi/sensor/testing/netns.ts';
import { CLI, NODE } from '../tools.ts';

/** Ends of the pair that joins the namespaces. */
const OUTSIDE = 'out0';
const INSIDE = 'in0';
export const PREFIX = '25.37.0.0/24';
const PACKETS = 400_000;
/** Both get the same room in the kernel. */
const BUFFER_MEBIBYTES = 64;
const SNAP_BYTES = 512;
const TICKS_A_SECOND = 100;
/** What the kernel holds back, and a slow machine. */
const SETTLE_MS = 2500;

export interface Trial {
  readonly spaces: Namespaces;
  readonly folder: string;
  readonly capture: string;
  readonly rate_pps: number;
  readonly seconds: number;
}

export interface Heard {
  readonly sent: number;
  readonly sent_pps: number;
  readonly captured: number;
  readonly cpu_s: number;
  readonly peak_mebibytes: number;
}

/** Packets to the prefix alone, so that everything that is sent has to arrive. */
export function makeCapture(folder: string): string {
  const [all, ours] = [join(folder, 'all.pcap'), join(folder, 'ours.pcap')];
  check(
    spawnSync(NODE, [CLI, 'simulate', '--packets', String(PACKETS), '--duration', '60', '--net', PREFIX, '--out', all]),
  );
  check(spawnSync('tcpdump', ['-r', all, '-w', ours, `dst net ${PREFIX}`]));
  rmSync(all);
  return ours;
}

function check({ status, stderr }: { status: number | null; stderr: Buffer }): void {
  if (status !== 0) throw new Error(`Cannot make a capture: ${stderr.toString()}`);
}

/** The programs, the yardstick first. */
export const CAPTURES: Readonly<Record<string, (trial: Trial) => Promise<Heard>>> = {
  'tcpdump -w FILE': async (trial) => {
    const out = join(trial.folder, 'out.pcap');
    const args = ['-i', INSIDE, '-p', '-n', '-s', String(SNAP_BYTES), '-B', String(BUFFER_MEBIBYTES * 1024)];
    const heard = await tried(trial, ['tcpdump', ...args, '-w', out, `dst net ${PREFIX}`], /(\d+) packets captured/);
    rmSync(out, { force: true });
    return heard;
  },
  'noroshi sensor': async (trial) => {
    const { folder } = trial;
    const config = join(folder, 'sensor.conf');
    writeFileSync(join(folder, 'token'), 'token');
    writeFileSync(
      config,
      `name = bench\ninterface = ${INSIDE} ${PREFIX}\ncenter.url = http://127.0.0.1:1\ncenter.token_file = token
state_folder = state\ncapture.snap_bytes = ${SNAP_BYTES}\ncapture.buffer_mebibytes = ${BUFFER_MEBIBYTES}\n`,
    );
    const heard = await tried(trial, [NODE, CLI, 'sensor', '--config', config], /"?received=(\d+) dropped=0 waiting/);
    rmSync(join(folder, 'state'), { recursive: true, force: true });
    return heard;
  },
};

async function tried(trial: Trial, command: readonly string[], figure: RegExp): Promise<Heard> {
  const { spaces } = trial;
  const child = spawn('ip', ['netns', 'exec', spaces.inside, ...command], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'close');
  while (!/listening/i.test(said) && child.exitCode === null) await wait(50);
  const sent = await send(trial);
  await wait(SETTLE_MS);
  const used = usage(child);
  child.kill('SIGINT');
  await ended;
  return { ...sent, ...used, captured: Number(figure.exec(said)?.[1] ?? 0) };
}

async function send(trial: Trial): Promise<Pick<Heard, 'sent' | 'sent_pps'>> {
  const { spaces, capture, rate_pps, seconds } = trial;
  const pace = rate_pps === 0 ? ['--topspeed'] : [`--pps=${rate_pps}`];
  const args = ['-q', '-K', '--loop=0', `--duration=${seconds}`, ...pace, '-i', OUTSIDE, capture];
  const child = spawn('ip', ['netns', 'exec', spaces.outside, 'tcpreplay', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  await once(child, 'close');
  const sent = Number(/Successful packets:\s+(\d+)/.exec(said)?.[1]);
  const sent_pps = Number(/, ([\d.]+) pps/.exec(said)?.[1]);
  if (!(sent > 0 && sent_pps > 0)) throw new Error(`Cannot send: ${said}`);
  return { sent, sent_pps };
}

/** Of the program and its children: processor time, and peak memory. */
function usage({ pid = 0 }: ChildProcess): Pick<Heard, 'cpu_s' | 'peak_mebibytes'> {
  let ticks = 0;
  let kibibytes = 0;
  for (const one of [pid, ...childrenOf(pid)]) {
    const stat = readFileSync(`/proc/${one}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    ticks += Number(fields[11]) + Number(fields[12]);
    kibibytes += Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${one}/status`, 'utf8'))?.[1]);
  }
  return { cpu_s: ticks / TICKS_A_SECOND, peak_mebibytes: Math.round(kibibytes / 1024) };
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}
