/** Whom a finding is about → cyber-observables: addresses, networks, the service, and where they are. Never one of a sensor. */
import { isIP } from 'node:net';
import type { FindingShape } from '@noroshi/wire/api/finding.ts';
import { observable, relationship, type StixObject, domainObject, textOf, UNCHANGING } from './objects.ts';

const ASN_MAX = 2 ** 32 - 1;

export interface SubjectObjects {
  /** What the finding is about. */
  readonly main: StixObject;
  /** What was observed: the subject, and its traffic where the service is known. */
  readonly observed: readonly StixObject[];
  /** What is known of it besides. */
  readonly around: readonly StixObject[];
}

/** Undefined for what STIX has no observable: a port, the whole telescope, a text that is no address. */
export function subjectObjects(
  finding: FindingShape,
  by: Readonly<Record<string, unknown>>,
): SubjectObjects | undefined {
  const { subject } = finding;
  const main = mainObject(subject.kind, subject.value);
  if (main === undefined) return undefined;
  const around: StixObject[] = [];
  const network = finding.asn === null ? undefined : networkObject(finding.asn, finding.as_name);
  if (network !== undefined && network.id !== main.id) {
    around.push(network, relationship('belongs-to', main, network, UNCHANGING, by));
  }
  if (/^[A-Z]{2}$/.test(finding.country)) {
    const place = domainObject('location', [finding.country], UNCHANGING, { country: finding.country, ...by });
    around.push(place, relationship('located-at', main, place, UNCHANGING, by));
  }
  const traffic = subject.kind === 'address' ? trafficObject(main, finding) : undefined;
  return { main, observed: traffic === undefined ? [main] : [main, traffic], around };
}

function mainObject(kind: FindingShape['subject']['kind'], value: string): StixObject | undefined {
  switch (kind) {
    case 'address':
      return addressObject(value, familyOf(value));
    case 'prefix':
      return prefixObject(value);
    case 'network':
      return networkObject(Number(/^AS(\d{1,10})$/.exec(value)?.[1]), null);
    case 'port':
    case 'telescope':
      return undefined;
    default:
      return kind satisfies never;
  }
}

/** 4, 6, or 0 for what is none. A zone belongs to one computer; RFC 5952 has small letters, and no IPv4 in what we write. */
function familyOf(value: string): number {
  return /^[0-9a-f:.]+$/.test(value) && !/:.*\./.test(value) ? isIP(value) : 0;
}

function addressObject(value: string, family: number): StixObject | undefined {
  return family === 0 ? undefined : observable(family === 4 ? 'ipv4-addr' : 'ipv6-addr', { value });
}

function prefixObject(value: string): StixObject | undefined {
  const [address = '', bits = '', ...more] = value.split('/');
  const family = familyOf(address);
  const isPrefix = more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
  return isPrefix ? addressObject(value, family) : undefined;
}

function networkObject(number: number, name: string | null): StixObject | undefined {
  if (!Number.isInteger(number) || number < 0 || number > ASN_MAX) return undefined;
  return observable('autonomous-system', { number }, name === null ? {} : { name: textOf(name) });
}

/** Its traffic with us, from its side: where the other end is stays unsaid. */
function trafficObject(main: StixObject, { aspect, detector }: FindingShape): StixObject | undefined {
  const [, transport, port] = /^(tcp|udp)\/(\d{1,5})$/.exec(aspect) ?? [];
  if (transport === undefined || Number(port) > 65_535) return undefined;
  // What answers speaks from the port of the service, what asks speaks to it.
  const side = detector.startsWith('dos/') ? 'src_port' : 'dst_port';
  const protocols = [main.type === 'ipv4-addr' ? 'ipv4' : 'ipv6', transport];
  return observable('network-traffic', { src_ref: main.id, [side]: Number(port), protocols });
}

/** The organisation behind a scanner that says who it is. */
export function researchIdentity(name: string, by: Readonly<Record<string, unknown>>): StixObject {
  const labels = ['benign-scanner'];
  return domainObject('identity', ['scanner', name], UNCHANGING, {
    name: textOf(name) || 'research scanner',
    identity_class: 'organization',
    labels,
    ...by,
  });
}
