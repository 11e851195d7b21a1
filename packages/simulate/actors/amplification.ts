/**
 * Requests with the victim's address as forged source, sent to us in the hope that we amplify (Rossow 2014, "Amplification
 * Hell"): DNS ANY with EDNS 4096, NTP mode 7 monlist (17 00 03 2a), memcached `gets`. Source port fixed by the attacker.
 */
import type { Act, Actor, Part } from '../actor.ts';
import { udpFrame } from '../craft/frame.ts';
import { ascii, concat, dnsMessage, hex } from '../craft/payload.ts';

interface Amplifier {
  readonly name: string;
  readonly port: number;
  readonly weight: number;
  readonly payload: Uint8Array;
  readonly idAt?: number;
}

const ANY = 255;
const EDNS_4096 = hex('00 00 29 10 00 00 00 00 00 00 00');
const dnsAny = concat(dnsMessage(0x0100, 'amplify.example', ANY), EDNS_4096);
// One additional record: the OPT pseudo-record.
dnsAny[11] = 1;

const AMPLIFIERS: readonly Amplifier[] = [
  { name: 'amplify-dns', port: 53, weight: 1, payload: dnsAny, idAt: 0 },
  { name: 'amplify-ntp', port: 123, weight: 0.6, payload: concat(hex('17 00 03 2a'), new Uint8Array(4)) },
  {
    name: 'amplify-memcached',
    port: 11_211,
    weight: 0.4,
    payload: concat(hex('00 00 00 00 00 01 00 00'), ascii('gets a b c d e f\r\n')),
    idAt: 0,
  },
];

export const actors: readonly Actor[] = AMPLIFIERS.map((amplifier) => ({
  name: amplifier.name,
  kind: 'amplification',
  sentence: `requests to ${amplifier.port}/udp in a victim's name`,
  weight: amplifier.weight,
  attack: true,
  nets: [4],
  packets_typical: 500,
  span_s: [30, 3600],
  perform: (part: Part) => perform(part, amplifier),
}));

function perform(part: Part, { port, payload, idAt }: Amplifier): Act {
  const victim = part.host();
  const template = udpFrame({ net: 4, ttl: 250 - part.hops() }, payload);
  const sourcePort = part.random.pick([80, 443, 53, part.random.between(1024, 65_535)]);
  const streams = part.aimed(template, victim, (pen, draws) => {
    pen.udp.sourcePort = sourcePort;
    pen.udp.destinationPort = port;
    if (idAt !== undefined) pen.data.setUint16(pen.transportAt + 8 + idAt, draws.half());
    pen.seal();
  });
  return { streams, detail: { subject: victim.text, protocol: 'udp', ports: [port] } };
}
