/**
 * How a sensor hands a segment to the center:
 *
 *   PUT /v1/segments/{sensor}/{sequence}
 *   Authorization: Bearer <the sensor's token>      (or a client certificate)
 *   Content-Type: application/vnd.apache.parquet
 *   Content-Length: <the file's length>                          (no chunked transfer)
 *   Content-Digest: sha-256=:<base64 of the file's SHA-256>:     (RFC 9530)
 *   Date: <the sensor's clock when it sends>                     (RFC 9110 §6.6.1; optional)
 *
 * With Date a center can tell a wrong clock from a wrong segment: while the two clocks differ by more than CLOCK_DIFFERENCE_MS it
 * answers 503 and judges no times, instead of refusing for good what is only early or late by one of the clocks.
 *
 * 201 stored and durable · 200 it was here already · 4xx a Problem: never send it again (401 and 403: not before the operator
 * has looked) · 429, 5xx: send it again, after Retry-After where given. HEAD on the same path: 200 when it is stored, else 404.
 */

export const PARQUET_TYPE = 'application/vnd.apache.parquet';
/** Largest segment that a center takes, bytes. */
export const SEGMENT_BYTES_MAX = 256 * 1024 * 1024;
/** Most rows of a segment that a center takes: they become one insert, held in memory as a whole. */
export const SEGMENT_ROWS_MAX = 1024 * 1024;
/** Most row groups of a segment that a center takes: each costs some kilobytes of footer. */
export const SEGMENT_GROUPS_MAX = 1024;
/** Difference of the sensor's clock and the center's that is still taken as none. Segments may be that early. */
export const CLOCK_DIFFERENCE_MS = 5 * 60_000;

/** Body of 200 and 201. */
export interface Receipt {
  readonly state: 'stored' | 'duplicate';
  readonly sensor: string;
  readonly sequence: number;
  readonly rows: number;
}

export function segmentPath(sensor: string, sequence: number): string {
  return `/v1/segments/${sensor}/${sequence}`;
}
