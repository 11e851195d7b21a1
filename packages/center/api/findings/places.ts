/** Where the subjects of findings lie. */
import type { Finding } from '../../ledger/ledger.ts';
import { type AddressPlace, networkNames, placesOf } from '../../query/places.ts';
import type { Store } from '../../store/store.ts';
import type { Places } from './shapes.ts';

/** The store's days may begin hours before UTC's. */
const DAY_MS = 86_400_000;

/** Of findings of one feed. Throws StoreError. */
export async function placesOfFindings(store: Pick<Store, 'query'>, findings: readonly Finding[]): Promise<Places> {
  const [first] = findings;
  if (first === undefined) return new Map();
  const days = {
    first: dayOf(Math.min(...findings.map(({ from_ms }) => from_ms)) - DAY_MS),
    last: dayOf(Math.max(...findings.map(({ to_ms }) => to_ms)) + DAY_MS),
  };
  const [addresses, networks] = await Promise.all([
    placesOf(store, first.feed, valuesOf(findings, 'address'), days),
    networkPlaces(store, valuesOf(findings, 'network')),
  ]);
  return new Map([...addresses, ...networks]);
}

async function networkPlaces(store: Pick<Store, 'query'>, networks: readonly string[]): Promise<Places> {
  const asns = networks.map((value) => Number(value.slice('AS'.length)));
  const names = await networkNames(store, asns);
  return new Map(
    networks.map((value, index): [string, AddressPlace] => {
      return [value, { country: '', asn: asns[index], as_name: names.get(asns[index]) ?? '' }];
    }),
  );
}

function valuesOf(findings: readonly Finding[], kind: string): string[] {
  return [...new Set(findings.filter(({ subject }) => subject.kind === kind).map(({ subject }) => subject.value))];
}

function dayOf(time_ms: number): string {
  return new Date(Math.max(0, time_ms)).toISOString().slice(0, 10);
}
