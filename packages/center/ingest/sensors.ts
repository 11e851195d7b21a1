/** Who may hand in segments, and how they show that it is they. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import { SENSOR_NAME } from '@noroshi/wire/segment/segment.ts';
import { Refusal } from './refusals.ts';

export interface KnownSensor {
  /** A sensor's name; or the beginning of names and `*`, e.g. `replay-*`, for all who share a token. */
  readonly name: string;
  readonly feed: FeedName;
  /** SHA-256 of its token, lower-case hex. Where token and certificate are given, both must be shown. */
  readonly token_sha256?: string | undefined;
  /** SHA-256 of its client certificate (DER), lower-case hex. */
  readonly certificate_sha256?: string | undefined;
  /** Addresses it listens on: rows about others are refused. Secret. */
  readonly prefixes?: readonly string[] | undefined;
}

/** What a request shows. */
export interface Credentials {
  /** The header `Authorization`. */
  readonly authorization: string | undefined;
  /** SHA-256 of the client certificate that TLS verified, lower-case hex. */
  readonly certificate_sha256: string | undefined;
}

const PATTERN = /^[a-z][a-z0-9-]{0,61}\*$/;
const SHA256 = /^[0-9a-f]{64}$/;
const UNKNOWN = 'Cannot take the segment: its sensor is not known here';
const BEARER = /^Bearer ([\x21-\x7e]{1,512})$/i;

export class Sensors {
  private readonly exact = new Map<string, KnownSensor>();
  /** Longest beginning first: the closest one counts. */
  private readonly patterns: readonly (readonly [start: string, sensor: KnownSensor])[];

  /** Throws RangeError for an entry that names nobody or lets anybody in. */
  constructor(list: readonly KnownSensor[]) {
    for (const sensor of list) checkEntry(sensor);
    for (const sensor of list) if (!sensor.name.endsWith('*')) this.exact.set(sensor.name, sensor);
    this.patterns = list
      .filter(({ name }) => name.endsWith('*'))
      .map((sensor) => [sensor.name.slice(0, -1), sensor] as const)
      .toSorted(([a], [b]) => b.length - a.length);
  }

  /** The entry for a name of foreign origin. Throws Refusal. */
  authenticate(name: string, credentials: Credentials): KnownSensor {
    const sensor = this.find(name);
    if (sensor === undefined) throw new Refusal('unknown_sensor', UNKNOWN);
    const { token_sha256, certificate_sha256 } = sensor;
    if (token_sha256 !== undefined && !isToken(credentials.authorization, token_sha256)) {
      throw new Refusal('wrong_token', 'Cannot take the segment: the token is not its sensor’s');
    }
    if (certificate_sha256 !== undefined && credentials.certificate_sha256 !== certificate_sha256) {
      throw new Refusal('wrong_certificate', 'Cannot take the segment: the certificate is not its sensor’s');
    }
    return sensor;
  }

  private find(name: string): KnownSensor | undefined {
    if (!SENSOR_NAME.test(name)) return undefined;
    return this.exact.get(name) ?? this.patterns.find(([start]) => name.startsWith(start) && name !== start)?.[1];
  }
}

function checkEntry({ name, token_sha256, certificate_sha256 }: KnownSensor): void {
  const refuse = (state: string): never => {
    throw new RangeError(`Cannot admit sensor ${JSON.stringify(name)}: ${state}`);
  };
  if (!SENSOR_NAME.test(name) && !PATTERN.test(name)) refuse('its name is not of a-z, 0-9 and hyphens');
  if (token_sha256 === undefined && certificate_sha256 === undefined) refuse('it has neither token nor certificate');
  for (const digest of [token_sha256, certificate_sha256]) {
    if (digest !== undefined && !SHA256.test(digest)) refuse('a digest is not SHA-256 in lower-case hex');
  }
}

/** Compares in a time that does not depend on where the two differ. */
function isToken(authorization: string | undefined, token_sha256: string): boolean {
  const token = BEARER.exec(authorization ?? '')?.[1] ?? '';
  const digest = createHash('sha256').update(token).digest();
  return token !== '' && timingSafeEqual(digest, Buffer.from(token_sha256, 'hex'));
}
