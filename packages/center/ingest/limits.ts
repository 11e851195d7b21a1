/** What ingest takes on: every bound by name, with what is normal. */
import { availableParallelism } from 'node:os';
import { SEGMENT_BYTES_MAX } from '@noroshi/wire/api/upload.ts';

export interface IngestLimits {
  /** Largest segment. */
  readonly segment_bytes: number;
  /** Oldest event time of the feed `network`. */
  readonly age_ms: number;
  /** Uploads at the same time, of all sensors and of one. */
  readonly uploads: number;
  readonly uploadsOfSensor: number;
  /** Longest silence within a body. */
  readonly idle_ms: number;
  /** A body takes at most `idle_ms` and one second for each so many bytes. */
  readonly bytesPerSecond: number;
  /** What is left of a refused body is read and thrown away, so that the sender sees the answer; but no longer than this. */
  readonly drain_ms: number;
  /** Longest verification of one segment. */
  readonly verify_ms: number;
  /** Threads that verify. */
  readonly verifiers: number;
  /** Room on the disk that uploads leave to the database. */
  readonly free_bytes: number;
  /** Quarantine: all files together, and how many. */
  readonly quarantine_bytes: number;
  readonly quarantineFiles: number;
}

const DAY_MS = 86_400_000;

export const INGEST_LIMITS: IngestLimits = {
  segment_bytes: SEGMENT_BYTES_MAX,
  age_ms: 36_500 * DAY_MS,
  uploads: 64,
  uploadsOfSensor: 4,
  idle_ms: 30_000,
  bytesPerSecond: 32 * 1024,
  drain_ms: 30_000,
  verify_ms: 120_000,
  // Half the cores: the database inserts beside it.
  verifiers: Math.min(4, Math.max(1, Math.floor(availableParallelism() / 2))),
  free_bytes: 256 * 1024 * 1024,
  quarantine_bytes: 1024 * 1024 * 1024,
  quarantineFiles: 1000,
};
