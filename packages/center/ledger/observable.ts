/** The identifier of a subject: that of STIX for the same thing, so that it is the same everywhere. */
import { STIX_NAMESPACE, uuidV5 } from '@noroshi/kit/uuid.ts';
import type { Subject } from './sighting.ts';

/** The UUID within STIX's `ipv4-addr--…`, `ipv6-addr--…`, `autonomous-system--…` (STIX 2.1 §2.9); what STIX does not have is named by kind. */
export function observableId({ kind, value }: Subject): string {
  return uuidV5(STIX_NAMESPACE, JSON.stringify(contributing(kind, value)));
}

function contributing(kind: Subject['kind'], value: string): object {
  if (kind === 'address' || kind === 'prefix') return { value };
  const number = kind === 'network' ? /^AS(\d{1,10})$/.exec(value)?.[1] : undefined;
  return number === undefined ? { kind, value } : { number: Number(number) };
}
