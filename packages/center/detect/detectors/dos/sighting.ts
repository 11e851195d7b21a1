/** A source that was struck, as a sighting. */
import { isBogonIpv4, isBogonIpv6 } from '@noroshi/wire/classify/bogon.ts';
import type { Reason, Sighting, Subject } from '../../../ledger/sighting.ts';
import type { Bin } from '../../flow-batch.ts';
import type { Attack } from './attack.ts';
import { BOGON, confidenceOf } from './confidence.ts';
import type { Struck } from './watch.ts';

/** Ports that there are. */
const PORTS = 65_535;

/** The sighting, with figures of everything since the attack began but for sums, which are of what was not told before. */
export function sightingOf(struck: Struck, bin: Bin, subject: Subject): Sighting {
  const { attack, key } = struck;
  const is4 = key[0] === 0 && key[1] === 0;
  const addresses = is4 ? Math.max(1, bin.exposure.addresses) : Number.POSITIVE_INFINITY;
  const targets = attack.targets.upTo(Math.min(addresses, attack.answers));
  const ports = portsOf(attack);
  const isBogon = is4 ? isBogonIpv4(key[3]) : isBogonIpv6(key[0], key[1]);
  const strength = is4 ? attack.strength(bin.exposure.addresses) : undefined;
  const figures = {
    packets: attack.packets - attack.packetsTold,
    answers: attack.answers - attack.answersTold,
    targets,
    peers_ports: ports,
    ...strength,
  };
  attack.packetsTold = attack.packets;
  attack.answersTold = attack.answers;
  const { first_ms, last_ms } = struck;
  return {
    subject,
    aspect: attack.aspect,
    bin_ms: bin.minute_ms,
    first_ms,
    last_ms: Math.min(last_ms, bin.minute_ms + 59_999),
    confidence: isBogon ? BOGON : confidenceOf(attack.answers, targets, addresses),
    reasons: reasonsOf(struck, targets, ports, isBogon),
    figures,
  };
}

/** 0 when not known; a row of several answers tells two of its ports. */
function portsOf({ clientPorts, answers }: Attack): number {
  return clientPorts.count === 0 ? 0 : clientPorts.upTo(Math.min(PORTS, answers));
}

function reasonsOf({ attack }: Struck, targets: number, ports: number, isBogon: boolean): Reason[] {
  const reasons: Reason[] = [
    { code: 'dense', values: attack.window },
    { code: 'spread', values: { targets, answers: attack.answers } },
    ports > 0 ? { code: 'drawn_ports', values: { ports } } : { code: 'without_ports' },
  ];
  if (isBogon) reasons.push({ code: 'bogon' });
  return reasons;
}

/** In an order that does not depend on that of the rows. */
export function inOrder(sightings: Sighting[]): Sighting[] {
  const keyOf = ({ subject, aspect }: Sighting): string => `${subject.kind} ${subject.value} ${aspect}`;
  return sightings
    .map((sighting) => [keyOf(sighting), sighting] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, sighting]) => sighting);
}
