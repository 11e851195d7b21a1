/** Which packets are evidence: whose, of which service, of which time. Read from options or from a finding; both are foreign text. */
import { covers, type Prefix, parsePrefix } from '@noroshi/wire/net/prefix.ts';
import { PROTO_ICMP, PROTO_ICMP6, PROTO_TCP, PROTO_UDP } from '@noroshi/wire/net/protocol.ts';
import { LiveError } from './live-error.ts';

export interface Service {
  readonly proto: number;
  /** Undefined: every port of the protocol. */
  readonly port: number | undefined;
}

export interface Wanted {
  /** Address or prefix of the source, of a victim; undefined: everybody. */
  readonly subject: string | undefined;
  readonly service: Service | undefined;
  /** Unix ms; the end does not belong to it. */
  readonly from_ms: number;
  readonly to_ms: number;
}

/** Options as given on the command line. */
export interface WantedTexts {
  readonly subject: string | undefined;
  readonly service: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** A finding as far as it is looked at (wire/api/finding.ts, FindingDetailShape). */
export interface FindingFacts {
  readonly id: string;
  readonly wanted: Wanted;
}

const PROTOCOLS: Readonly<Record<string, number>> = {
  tcp: PROTO_TCP,
  udp: PROTO_UDP,
  icmp: PROTO_ICMP,
  icmpv6: PROTO_ICMP6,
};
const TEXT_CHARS_MAX = 200;

/** Throws LiveError (usage). */
export function wantedOf({ subject, service, from, to }: WantedTexts): Wanted {
  if (subject === undefined && service === undefined) {
    throw new LiveError('usage', 'Cannot cut evidence: --subject, --service or --finding says whose packets');
  }
  if (subject !== undefined && parsePrefix(subject) === undefined) {
    throw new LiveError('usage', 'Cannot read the subject: it is neither address nor address/length');
  }
  const from_ms = from === undefined ? 0 : timeOf(from);
  const to_ms = to === undefined ? Number.MAX_SAFE_INTEGER : timeOf(to);
  if (from_ms >= to_ms) throw new LiveError('usage', 'Cannot cut evidence: the end is not behind the beginning');
  return { subject, service: service === undefined ? undefined : serviceOf(service), from_ms, to_ms };
}

/** What a finding is about. Throws LiveError: no finding, or one that no packets can be named for. */
export function wantedByFinding(text: string): FindingFacts {
  const json = objectOf(text);
  const { id, subject, aspect, from, to } = json;
  if (typeof id !== 'string' || typeof from !== 'string' || typeof to !== 'string' || id.length > TEXT_CHARS_MAX) {
    throw new LiveError('usage', 'Cannot read the finding: it has no id, from and to');
  }
  const { kind, value } = (typeof subject === 'object' && subject !== null ? subject : {}) as Record<string, unknown>;
  const named = typeof value === 'string' && value.length <= TEXT_CHARS_MAX ? value : undefined;
  const service = typeof aspect === 'string' && aspect !== '' ? readService(aspect) : undefined;
  if (kind === 'address' || kind === 'prefix') {
    return { id, wanted: { ...wantedOf({ subject: named, service: undefined, from, to }), service } };
  }
  const ofPort = kind === 'port' && named !== undefined ? readService(named) : service;
  if (ofPort === undefined) {
    throw new LiveError('usage', 'Cannot cut evidence: the finding is neither about an address, a prefix nor a port');
  }
  return { id, wanted: { subject: undefined, service: ofPort, from_ms: timeOf(from), to_ms: timeOf(to) } };
}

function objectOf(text: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new LiveError('usage', 'Cannot read the finding: it is not JSON');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new LiveError('usage', 'Cannot read the finding: it is no JSON object');
  }
  return json as Record<string, unknown>;
}

/** `tcp/80`, `udp`, `icmp`. Throws LiveError. */
function serviceOf(text: string): Service {
  const service = readService(text);
  if (service !== undefined) return service;
  throw new LiveError('usage', `Cannot read the service: it is not like tcp/80, ${Object.keys(PROTOCOLS).join(', ')}`);
}

function readService(text: string): Service | undefined {
  const [, name = '', port] = /^([a-z0-9]+)(?:\/(\d{1,5}))?$/.exec(text) ?? [];
  const proto = PROTOCOLS[name];
  if (proto === undefined || Number(port ?? 0) > 65_535) return undefined;
  // An ICMP message has a type, no port.
  const hasPorts = proto === PROTO_TCP || proto === PROTO_UDP;
  return { proto, port: port === undefined || !hasPorts ? undefined : Number(port) };
}

function timeOf(text: string): number {
  const time_ms = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time_ms)) {
    throw new LiveError('usage', 'Cannot read the time: it is not like 2026-03-01T09:00:00Z or 2026-03-01 (UTC)');
  }
  return time_ms;
}

/** Whether an address of this IP version lies in the prefix; of IPv4 only the last word counts, as in a walked packet. */
export function isInPrefix(prefix: Prefix, version: number, w0: number, w1: number, w2: number, w3: number): boolean {
  const { isIpv4, words, masks } = prefix;
  if (isIpv4 !== (version === 4)) return false;
  return isIpv4 ? (w3 & masks[3]) === words[3] : covers(prefix, w0, w1, w2, w3);
}
