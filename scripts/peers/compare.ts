/** Every difference between our reading of one capture and a peer's. */
import type { Capture } from './corpus.ts';
import type { Difference, Peer } from './deviations.ts';
import type { Reading } from './ours.ts';
import { FIELDS, type Row } from './row.ts';

/** The number of packets, beside profile.jsonl's two readers. */
export function compareCounts(capture: Capture, { rows }: Reading): Difference[] {
  return [
    ...count(capture, 'own', rows.length, capture.own),
    ...count(capture, 'tcpdump', rows.length, capture.tcpdump),
  ];
}

/** Number and fields of the packets, beside tshark. */
export function compareFields(capture: Capture, { rows }: Reading, theirs: readonly Row[]): Difference[] {
  const shared = Math.min(rows.length, theirs.length);
  const found = count(capture, 'tshark', rows.length, theirs.length);
  for (let index = 0; index < shared; index++) {
    found.push(...compareRow(capture, index + 1, rows[index], theirs[index]));
  }
  return found;
}

function count(capture: Capture, peer: Peer, ours: number, theirs: number | undefined): Difference[] {
  if (theirs === undefined || ours === theirs) return [];
  return [{ capture: capture.name, peer, packet: 0, field: 'packets', ours: String(ours), theirs: String(theirs) }];
}

function compareRow(capture: Capture, packet: number, ours: Row, theirs: Row): Difference[] {
  return FIELDS.filter((field) => ours[field] !== theirs[field]).map((field) => ({
    capture: capture.name,
    peer: 'tshark',
    packet,
    field,
    ours: ours[field],
    theirs: theirs[field],
  }));
}
