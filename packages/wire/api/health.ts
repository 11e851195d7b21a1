/** `GET /v1/health`: 200 when the center answers and takes segments, 503 with the same body while its database is away or there is no room for uploads. */
export interface Health {
  readonly state: 'ok' | 'waiting';
  /** What it waits for; '' when it is well. */
  readonly sentence: string;
  readonly version: string;
}
