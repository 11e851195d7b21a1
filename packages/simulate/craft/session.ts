/**
 * TCP sessions as a sensor that answers sees them, one direction only: SYN, ACK, data packet after data packet, FIN. The
 * sensor's own packets are not in the capture. What is said is drawn from scripts of equal length; which one, each turn of a
 * flow draws again from the same sequence.
 */
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Part, Stream, Writer } from '../actor.ts';
import { type Template, tcpFrame } from './frame.ts';
import type { Kernel } from './kernel.ts';
import { Host } from './prefix.ts';
import type { Random } from './random.ts';

/** Seconds from one line to the next. */
const PACE_S = 0.4;
const WINDOW = 502;

/** Packets of one session with scripts of `lines` lines. */
export function sessionPackets(lines: number): number {
  return lines + 3;
}

/** @param scripts each a list of lines; all of the same length */
export function sessions(
  part: Part,
  kernel: Kernel,
  source: Host,
  port: number,
  scripts: readonly (readonly Uint8Array[])[],
): Stream[] {
  const lines = scripts[0].length;
  const trip_s = 0.02 + part.random.unit() * 0.3;
  const first_s = [0, trip_s, trip_s + 0.001];
  const delays_s = [
    ...first_s,
    ...Array.from({ length: lines }, (_, line) => trip_s + 0.001 + (line + 1) * (trip_s + PACE_S)),
  ];
  const ttl = kernel.ttl - part.hops();
  return part.echoes(delays_s, (flow, turn) => {
    const frames = scripts.map((script) => frameOf(part, kernel, ttl, script, turn));
    const offsets = scripts.map((script) => offsetOf(script, turn));
    return writer(part, kernel, source, port, flow, turn, frames, offsets);
  });
}

function frameOf(part: Part, kernel: Kernel, ttl: number, script: readonly Uint8Array[], turn: number): Template {
  const shape = { net: part.net, ttl, df: true, window: WINDOW };
  if (turn === 0) return tcpFrame({ ...shape, flags: TCP_SYN, window: kernel.window, options: kernel.options });
  if (turn === 1) return tcpFrame({ ...shape, flags: TCP_ACK });
  const line = turn - 2;
  if (line < script.length) return tcpFrame({ ...shape, flags: TCP_PSH | TCP_ACK, payload: script[line] });
  return tcpFrame({ ...shape, flags: TCP_FIN | TCP_ACK });
}

/** How far behind the SYN's the sequence number of a turn is: 1 for the SYN, then what has been said. */
function offsetOf(script: readonly Uint8Array[], turn: number): number {
  if (turn === 0) return 0;
  return 1 + script.slice(0, Math.max(0, turn - 2)).reduce((sum, line) => sum + line.length, 0);
}

function writer(
  part: Part,
  kernel: Kernel,
  source: Host,
  port: number,
  flow: Random,
  turn: number,
  frames: readonly Template[],
  offsets: readonly number[],
): Writer {
  const target = new Host();
  return (pen) => {
    const which = flow.below(frames.length);
    pen
      .stamp(frames[which])
      .from(source)
      .to(part.telescope.pick(flow, part.net, target))
      .id((flow.half() + turn) & 0xffff);
    pen.tcp.sourcePort = flow.between(kernel.ports[0], kernel.ports[1]);
    pen.tcp.destinationPort = port;
    pen.tcp.sequence = (flow.word() + offsets[which]) | 0;
    const ours = flow.word();
    if (turn > 0) pen.tcp.acknowledgement = (ours + 1) | 0;
    pen.seal();
  };
}
