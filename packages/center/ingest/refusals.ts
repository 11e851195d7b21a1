/**
 * THE table of reasons why a segment is not taken: status, title, whether it is for good. The word goes into the problem's type
 * (`urn:noroshi:problem:<word>`), into counters and into the names of quarantined files; a word never changes its meaning.
 */
import type { Problem } from '@noroshi/wire/api/problem.ts';

interface Kind {
  readonly status: number;
  readonly title: string;
  /** For good: the same again would be refused again. Counted over restarts; the original is kept in quarantine. */
  readonly isFinal: boolean;
  /** Seconds after which it is worth another try. */
  readonly retryAfter_s?: number;
}

const final = (status: number, title: string): Kind => ({ status, title, isFinal: true });
const later = (status: number, retryAfter_s: number, title: string): Kind => {
  return { status, title, isFinal: false, retryAfter_s };
};

export const REFUSALS = {
  wrong_path: final(400, 'The path names no segment'),
  unknown_sensor: final(403, 'No such sensor is known here'),
  wrong_token: final(401, 'The sensor’s token is missing or wrong'),
  wrong_certificate: final(401, 'The sensor’s client certificate is missing or wrong'),
  wrong_type: final(415, 'The body is not announced as Parquet'),
  length_missing: final(411, 'The body’s length is not announced'),
  digest_missing: final(400, 'The body’s digest is not announced'),
  too_large: final(413, 'The segment is larger than a segment may be'),
  digest_differs: final(422, 'The body is not the one that was announced'),
  not_parquet: final(422, 'The body is not a Parquet file'),
  cut: final(422, 'The file ends too early'),
  wrong_schema: final(422, 'The columns are not those of flow rows'),
  wrong_metadata: final(422, 'What the segment says about itself does not hold together'),
  wrong_rows: final(422, 'The rows are not what the segment says of them'),
  explodes: final(422, 'The segment is larger uncompressed than it may be'),
  from_future: final(422, 'The segment lies in the future'),
  too_old: final(422, 'The segment is older than this center takes'),
  identity_conflict: final(409, 'Another segment has this sensor and sequence'),
  aborted: later(400, 1, 'The body ended early'),
  too_slow: later(408, 5, 'The body came too slowly'),
  busy: later(429, 2, 'Too many segments at once'),
  clock_differs: later(503, 60, 'The clocks of sensor and center differ'),
  database_unreachable: later(503, 10, 'The database cannot be reached'),
  database_refused: later(503, 300, 'The database did not take the segment'),
  stopping: later(503, 10, 'The center is stopping'),
  disk_full: later(507, 60, 'The disk is full'),
  internal_error: later(500, 60, 'Something is broken in the center'),
} as const satisfies Record<string, Kind>;

export type RefusalWord = keyof typeof REFUSALS;

/** Why a segment is not taken. `detail` is our own sentence: no foreign text, no address. */
export class Refusal extends Error {
  readonly word: RefusalWord;

  constructor(word: RefusalWord, detail: string, cause?: unknown) {
    super(detail, { cause });
    this.name = 'Refusal';
    this.word = word;
  }

  get isFinal(): boolean {
    return REFUSALS[this.word].isFinal;
  }

  get retryAfter_s(): number | undefined {
    const kind: Kind = REFUSALS[this.word];
    return kind.retryAfter_s;
  }

  get problem(): Problem {
    const { status, title } = REFUSALS[this.word];
    return { type: `urn:noroshi:problem:${this.word}`, title, status, detail: this.message };
  }
}

export function isRefusalWord(text: string): text is RefusalWord {
  return Object.hasOwn(REFUSALS, text);
}
