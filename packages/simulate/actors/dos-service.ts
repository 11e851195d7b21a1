/**
 * Backscatter over UDP, where only the meaning of the payload tells an answer from a probe:
 * DNS responses of name servers under random-name attack (QR = 1, SERVFAIL or NXDOMAIN), NTP mode 4 answers, QUIC long
 * headers from port 443 (RFC 9000 §17.2: Version Negotiation, Retry, server Initial; arXiv 2109.01106 counts four such
 * floods an hour).
 */
import type { Act, Actor, Part } from '../actor.ts';
import { strength } from '../craft/attack.ts';
import { type Template, udpFrame } from '../craft/frame.ts';
import { concat, dnsMessage, hex } from '../craft/payload.ts';
import type { Pen } from '../craft/pen.ts';
import { Host } from '../craft/prefix.ts';
import type { Random } from '../craft/random.ts';

interface Service {
  readonly name: string;
  readonly port: number;
  readonly weight: number;
  /** One of these per answer. */
  readonly payloads: readonly Uint8Array[];
  /** Makes the payload at `at` one of a kind. */
  readonly vary: (pen: Pen, at: number, random: Random) => void;
}

const UDP_HEAD_BYTES = 8;
const SERVFAIL = 0x8182;
const NXDOMAIN = 0x8183;
const A = 1;
const QUIC_IDS = '08 0000000000000000 08 0000000000000000';
const QUIC_ID_WORDS = [6, 10, 15, 19];
const VERSION_NEGOTIATION = hex(`c0 00000000 ${QUIC_IDS} 00000001 6b3343cf`);
const RETRY = concat(hex(`f0 00000001 ${QUIC_IDS}`), new Uint8Array(48));
const INITIAL = concat(hex(`c3 00000001 ${QUIC_IDS} 00 449e`), new Uint8Array(1182));

const SERVICES: readonly Service[] = [
  {
    name: 'dos-dns',
    port: 53,
    weight: 1,
    payloads: [dnsMessage(SERVFAIL, 'aaaaaaaa.victim.example', A), dnsMessage(NXDOMAIN, 'aaaaaaaa.victim.example', A)],
    vary: (pen, at, random) => {
      pen.data.setUint16(at, random.half());
      for (let letter = 0; letter < 8; letter++) pen.bytes[at + 13 + letter] = 0x61 + random.below(26);
    },
  },
  {
    name: 'dos-ntp',
    port: 123,
    weight: 0.5,
    payloads: [concat(hex('24 02 06 e9 00 00 01 57 00 00 09 a1 c0 00 02 01'), new Uint8Array(32))],
    vary: (pen, at, random) => {
      for (let offset = 16; offset < 48; offset += 4) pen.data.setInt32(at + offset, random.word());
    },
  },
  {
    name: 'dos-quic',
    port: 443,
    weight: 0.7,
    payloads: [VERSION_NEGOTIATION, RETRY, INITIAL, INITIAL],
    // Connection ids, then what is encrypted; Version Negotiation ends at byte 31, with its list of versions.
    vary: (pen, at, random) => {
      for (const offset of QUIC_ID_WORDS) pen.data.setInt32(at + offset, random.word());
      for (let offset = at + 31; offset + 4 <= pen.end; offset += 4) pen.data.setInt32(offset, random.word());
    },
  },
];

export const actors: readonly Actor[] = SERVICES.map((service) => ({
  name: service.name,
  kind: 'dos',
  sentence: `victims of floods on ${service.port}/udp: answers of the service`,
  weight: service.weight,
  attack: true,
  nets: [4, 6],
  packets_typical: 800,
  span_s: [20, 14_400],
  perform: (part: Part) => perform(part, service),
}));

function perform(part: Part, service: Service): Act {
  const { net, telescope } = part;
  const victim = part.host();
  const shape = { net, ttl: part.random.pick([64, 128, 255]) - part.hops() };
  const templates: Template[] = service.payloads.map((payload) => udpFrame(shape, payload));
  const random = part.random.fork();
  const target = new Host();
  const streams = part.stream((pen) => {
    const template = templates[random.below(templates.length)];
    pen
      .stamp(template)
      .from(victim)
      .to(telescope.pickUniform(random, net, target))
      .id(random.half());
    pen.udp.sourcePort = service.port;
    pen.udp.destinationPort = random.between(1024, 65_535);
    service.vary(pen, pen.transportAt + UDP_HEAD_BYTES, random);
    pen.seal();
  });
  const detail = { subject: victim.text, protocol: 'udp', ports: [service.port] };
  return { streams, detail: { ...detail, ...strength(part, part.packets, part.window()) } };
}
