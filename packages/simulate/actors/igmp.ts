/** IGMPv2 membership reports and queries (RFC 2236 §2) that were routed to us, which multicast housekeeping never should be. */
import type { Act, Actor, Part } from '../actor.ts';
import { ipFrame } from '../craft/frame.ts';
import { PROTO_IGMP } from '../craft/pen.ts';

const QUERY = 0x11;
const REPORT_V2 = 0x16;
const IGMP_BYTES = 8;

export const actors: readonly Actor[] = [
  {
    name: 'igmp',
    kind: 'noise',
    sentence: 'IGMP that lost its way',
    weight: 0.2,
    nets: [4],
    packets_typical: 30,
    instances_max: 30,
    span_s: [60, 7200],
    perform,
  },
];

function perform(part: Part): Act {
  const source = part.host();
  const message = new Uint8Array(IGMP_BYTES);
  message[0] = part.random.chance(0.5) ? QUERY : REPORT_V2;
  if (message[0] === REPORT_V2) message.set([239, 255, 255, 250], 4);
  const template = ipFrame({ net: 4, ttl: 1 }, PROTO_IGMP, message);
  const streams = part.aimed(template, source, (pen) => {
    pen.seal();
  });
  return { streams, detail: { subject: source.text, protocol: 'igmp' } };
}
