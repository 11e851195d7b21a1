/**
 * SYNs of operating systems, which a program asks for with connect(): the stack repeats them, with the same port and
 * sequence number, until it gives up. Windows, options and TTL are those of p0f's signature file (p0f.fp 3.09,
 * https://lcamtuf.coredump.cx/p0f3/) and of current kernels.
 */
import { TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Part, Stream, Writer } from '../actor.ts';
import { tcpFrame } from './frame.ts';
import { Host } from './prefix.ts';
import type { Random } from './random.ts';
import { LINUX_OPTIONS, LINUX_STAMP_AT, mss, NOP, SACK, STAMPS, WINDOWS_OPTIONS, windowScale } from './tcp-options.ts';

export interface Kernel {
  readonly name: string;
  readonly ttl: number;
  readonly window: number;
  readonly options: readonly number[];
  /** Offset of a time stamp among the options, in bytes; it counts milliseconds. */
  readonly stampAt?: number;
  /** First and last port that connect() takes. */
  readonly ports: readonly [number, number];
  /** When a SYN is sent again, seconds after the first. */
  readonly repeats_s: readonly number[];
}

export const LINUX: Kernel = {
  name: 'linux',
  ttl: 64,
  window: 64_240,
  options: LINUX_OPTIONS,
  stampAt: LINUX_STAMP_AT,
  ports: [32_768, 60_999],
  repeats_s: [1, 3, 7],
};
export const WINDOWS_10: Kernel = {
  name: 'windows',
  ttl: 128,
  window: 64_240,
  options: WINDOWS_OPTIONS,
  ports: [49_152, 65_535],
  repeats_s: [1, 3, 7],
};
/** Windows 7 and Server 2008: what worms on port 445 still run on. */
export const WINDOWS_7: Kernel = {
  name: 'windows-7',
  ttl: 128,
  window: 8192,
  options: [...mss(1460), ...NOP, ...windowScale(8), ...NOP, ...NOP, ...SACK],
  ports: [49_152, 65_535],
  repeats_s: [3, 9],
};
/** A router's old Linux 2.6 behind PPPoE. */
export const EMBEDDED: Kernel = {
  name: 'embedded',
  ttl: 64,
  window: 5808,
  options: [...mss(1452), ...SACK, ...STAMPS, ...NOP, ...windowScale(2)],
  stampAt: LINUX_STAMP_AT,
  ports: [32_768, 60_999],
  repeats_s: [3, 9],
};

/** SYNs from `source` to addresses of the telescope, with the kernel's retransmissions. */
export function connects(
  part: Part,
  kernel: Kernel,
  source: Host,
  portOf: (flow: Random) => number,
  vlans: readonly number[] = [],
): Stream[] {
  const { ttl, window, options, ports } = kernel;
  const template = tcpFrame({
    net: part.net,
    ttl: ttl - part.hops(),
    df: true,
    vlans,
    flags: TCP_SYN,
    window,
    options,
  });
  const uptime_ms = part.random.below(2 ** 30);
  const make = (flow: Random, turn: number): Writer => {
    const target = new Host();
    return (pen) => {
      pen
        .stamp(template)
        .from(source)
        .to(part.telescope.pick(flow, part.net, target))
        .id((flow.half() + turn) & 0xffff);
      pen.tcp.sourcePort = flow.between(ports[0], ports[1]);
      pen.tcp.destinationPort = portOf(flow);
      pen.tcp.sequence = flow.word();
      if (kernel.stampAt !== undefined) {
        pen.data.setInt32(pen.transportAt + 20 + kernel.stampAt, (uptime_ms + pen.now_s * 1000) | 0);
      }
      pen.seal();
    };
  };
  return part.echoes([0, ...kernel.repeats_s], make);
}
