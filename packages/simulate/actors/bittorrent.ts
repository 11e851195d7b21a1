/**
 * A mistake, not a scan: one of our addresses stands in somebody's peer list, and very many peers send DHT queries
 * (BEP 5 `ping`, `get_peers`) to that one address and port, steadily.
 */
import type { Act, Actor, Part } from '../actor.ts';
import { udpFrame } from '../craft/frame.ts';
import { ascii, concat } from '../craft/payload.ts';
import { Host } from '../craft/prefix.ts';
import { scramble } from '../craft/random.ts';
import { hashedHost } from '../craft/space.ts';

const ID_BYTES = 20;
const UDP_HEAD_BYTES = 8;
const HEAD = ascii('d1:ad2:id20:');
const PING = concat(HEAD, new Uint8Array(ID_BYTES), ascii('e1:q4:ping1:t2:aa1:y1:qe'));
const GET_PEERS = concat(
  HEAD,
  new Uint8Array(ID_BYTES),
  ascii('9:info_hash20:noroshi-info-hash-00e1:q9:get_peers1:t2:aa1:y1:qe'),
);
const PACKETS_PER_PEER = 5;

export const actors: readonly Actor[] = [
  {
    name: 'bittorrent-dht',
    kind: 'misconfiguration',
    sentence: 'peers of a DHT that believe one of us is a peer',
    weight: 2.5,
    nets: [4, 6],
    packets_typical: 3000,
    instances_max: 40,
    span_s: [3600, 86_400],
    perform,
  },
];

function perform(part: Part): Act {
  const { net, random } = part;
  const target = part.telescope.pick(random, net, new Host());
  const port = random.pick([6881, 51_413, random.between(10_000, 65_535)]);
  const peers = Math.max(1, Math.ceil(part.packets / PACKETS_PER_PEER));
  const salt = random.word();
  const frames = [udpFrame({ net }, PING), udpFrame({ net }, GET_PEERS)];
  const draws = random.fork();
  const source = new Host();
  const streams = part.stream((pen) => {
    const hash = scramble(salt + draws.below(peers));
    pen
      .stamp(frames[draws.below(2)])
      .from(hashedHost(hash, net, source))
      .to(target)
      .id(draws.half());
    pen.ttl(((hash & 1) === 0 ? 128 : 64) - 6 - ((hash >>> 8) & 15));
    pen.udp.sourcePort = 1024 + (hash & 0x7fff);
    pen.udp.destinationPort = port;
    const idAt = pen.transportAt + UDP_HEAD_BYTES + HEAD.length;
    for (let word = 0; word < ID_BYTES; word += 4) pen.data.setInt32(idAt + word, scramble(hash + word));
    pen.seal();
  });
  return { streams, detail: { subject: target.text, protocol: 'udp', ports: [port], source_count: peers } };
}
