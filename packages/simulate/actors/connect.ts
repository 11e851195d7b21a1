/**
 * Scans by programs that call connect() (craft/kernel.ts): the stack of Windows or Linux sends each SYN up to four times.
 * With `vlan` the same arrives inside one or two 802.1Q tags, as a trunk port hands it over.
 */
import type { Actor, Part } from '../actor.ts';
import { portsDetail } from '../craft/detail.ts';
import { connects, type Kernel, LINUX, WINDOWS_10 } from '../craft/kernel.ts';
import { portList } from '../craft/ports.ts';

export const actors: readonly Actor[] = [
  actor('connect-windows', 'Windows programs that connect(), with retransmissions', 3, WINDOWS_10, false),
  actor('connect-linux', 'Linux programs that connect(), with retransmissions', 3, LINUX, false),
  actor('connect-vlan', 'Linux connect() scans that arrive 802.1Q-tagged, once or twice', 0.4, LINUX, true),
];

function actor(name: string, sentence: string, weight: number, kernel: Kernel, isTagged: boolean): Actor {
  return {
    name,
    kind: 'horizontal-scan',
    sentence,
    weight,
    nets: [4, 6],
    packets_typical: 120,
    span_s: [120, 21_600],
    perform: (part) => perform(part, kernel, isTagged),
  };
}

function perform(part: Part, kernel: Kernel, isTagged: boolean): ReturnType<Actor['perform']> {
  const source = part.host();
  const ports = portList(part.random, part.random.between(1, 5));
  const vlans = isTagged
    ? [part.random.between(2, 4000), part.random.between(2, 4000)].slice(part.random.below(2))
    : [];
  const streams = connects(part, kernel, source, (flow) => flow.pick(ports), vlans);
  const detail = { subject: source.text, profile: kernel.name, protocol: 'tcp', ...portsDetail(ports) };
  return { detail, streams };
}
