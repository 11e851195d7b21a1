/**
 * A packet as a line of JSON, put together by hand: every text in it is ours (names, addresses, sentences without quotation marks),
 * and JSON.stringify of an object a packet would take most of the time. Names: fields.ts.
 */
import type { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { markNames } from '@noroshi/wire/classify/marks/index.ts';
import { predicateNames } from '@noroshi/wire/classify/predicates.ts';
import { layoutText } from '@noroshi/wire/flow/options.ts';
import { linkName } from '@noroshi/wire/net/linktype.ts';
import type { Packet } from '@noroshi/wire/net/packet.ts';
import { protocolName } from '@noroshi/wire/net/protocol.ts';
import { TUNNELS } from '@noroshi/wire/net/tunnel.ts';
import { epochText } from '../look/time.ts';
import type { Seen } from './seen.ts';

const classTexts = CLASSES.map(({ name }) => text(name));
const tunnelTexts = TUNNELS.map((name, index) => (index === 0 ? 'null' : text(name)));
const linkTexts = new Map<number, string>();
const protocolTexts = Array.from({ length: 256 }, (_, proto) => text(protocolName(proto)));
const listTexts = new Map<string, string>();
/** Different sets of names that are remembered as text. */
const LISTS_MAX = 4096;

/** The line of the reader's current packet, with its line end. */
export function jsonLine(n: number, reader: CaptureReader, seen: Seen): string {
  const { seconds, nanoseconds, wireBytes, at, end } = reader;
  return `{"n":${n},"ts":${epochText(seconds, nanoseconds)},${head(seen)},"len":${wireBytes},"caplen":${end - at}${tail(seen)}}\n`;
}

/** The names that every line has, and whose meaning never changes. */
function head({ packet, verdict }: Seen): string {
  const { sport, dport, tcpFlags, ttl, ipId, icmpType, icmpCode, proto } = packet;
  const addresses =
    packet.net === 0 ? '"src":null,"dst":null' : `"src":"${packet.source}","dst":"${packet.destination}"`;
  const ports = `"proto":${number(proto)},"sport":${number(sport)},"dport":${number(dport)}`;
  const ids = `"tcp_flags":${number(tcpFlags)},"ttl":${number(ttl)},"ip_id":${number(ipId)}`;
  const icmp = `"icmp_type":${number(icmpType)},"icmp_code":${number(icmpCode)}`;
  const stop = packet.stopKind === 0 ? 'null' : text(packet.stopText);
  const judged = `"class":${classTexts[verdict.classCode]},"marks":${list('m', verdict.marks, markNames)},"stop":${stop}`;
  return `"link":${linkText(packet.link)},${addresses},${ports},${ids},${icmp},${judged}`;
}

function tail(seen: Seen): string {
  const { packet, verdict, data } = seen;
  const { proto, vlan, tunnel, payloadWireBytes, net } = packet;
  const name = proto < 0 ? 'null' : protocolTexts[proto];
  let line = `,"proto_name":${name},"vlan":${number(vlan)},"tunnel":${tunnelTexts[tunnel]},"ip_len":${net === 0 ? 'null' : packet.ipBytes}`;
  line += `,"predicates":${list('p', verdict.predicates, predicateNames)},"payload_len":${payloadWireBytes}`;
  if (packet.tcpFlags >= 0) line += tcp(packet, data);
  if (packet.quotedNet !== 0) line += quoted(packet);
  const { checksums, inner } = seen;
  if (checksums !== undefined) {
    line += `,"checksum_ip":${nullable(checksums.ip)},"checksum_transport":${nullable(checksums.transport)}`;
  }
  return inner === undefined ? line : `${line},"inner":{${head(inner)}${tail(inner)}}`;
}

function tcp({ window, seq, ack, optionsAt, optionBytes }: Packet, data: DataView): string {
  const options = optionBytes > 0 ? layoutText(data, optionsAt, optionsAt + optionBytes) : '';
  return `,"window":${number(window)},"seq":${seq >>> 0},"ack":${ack >>> 0},"options":"${options}"`;
}

function quoted(packet: Packet): string {
  const { quotedSource, quotedDestination, quotedProto, quotedSport, quotedDport } = packet;
  const ports = `"proto":${number(quotedProto)},"sport":${number(quotedSport)},"dport":${number(quotedDport)}`;
  return `,"quoted":{"src":"${quotedSource}","dst":"${quotedDestination}",${ports}}`;
}

function number(value: number): string {
  return value < 0 ? 'null' : String(value);
}

function text(value: string): string {
  return JSON.stringify(value);
}

function nullable(value: string | null): string {
  return value === null ? 'null' : `"${value}"`;
}

function linkText(link: number): string {
  let known = linkTexts.get(link);
  if (known === undefined) linkTexts.set(link, (known = text(linkName(link))));
  return known;
}

/** A set of names as JSON; the few sets that come again and again are remembered. */
function list(kind: string, bits: number, names: (bits: number) => string[]): string {
  if (bits === 0) return '[]';
  const key = kind + bits;
  let known = listTexts.get(key);
  if (known === undefined) {
    known = JSON.stringify(names(bits));
    if (listTexts.size < LISTS_MAX) listTexts.set(key, known);
  }
  return known;
}
