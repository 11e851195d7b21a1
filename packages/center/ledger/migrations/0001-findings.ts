/** Observables, what was observed of them, and what was found. Times are Unix ms of event time unless they say `at`. */
import type { Migration } from './migration.ts';

export const findings: Migration = {
  name: '0001-findings',
  statements: [
    // One detector over one feed. Its row is the lock under which its observations and findings change.
    `CREATE TABLE detector (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      feed text NOT NULL,
      name text NOT NULL,
      watermark_ms bigint NOT NULL,
      UNIQUE (feed, name)
    )`,
    // The identifier is the one that STIX gives to the same thing, so that it is the same everywhere.
    `CREATE TABLE observable (
      id uuid PRIMARY KEY,
      kind text NOT NULL,
      value text NOT NULL
    )`,
    // json, not jsonb: it takes any text that JSON has, also U+0000, and gives back what it took.
    `CREATE TABLE observation (
      detector_id integer NOT NULL REFERENCES detector (id),
      observable_id uuid NOT NULL,
      aspect text NOT NULL,
      bin_ms bigint NOT NULL,
      detector_version integer NOT NULL,
      first_ms bigint NOT NULL,
      last_ms bigint NOT NULL,
      confidence double precision NOT NULL,
      reasons json NOT NULL,
      figures json NOT NULL,
      PRIMARY KEY (detector_id, observable_id, aspect, bin_ms)
    )`,
    'CREATE INDEX observation_bin ON observation (detector_id, bin_ms, observable_id, aspect)',
    `CREATE TABLE finding (
      id uuid PRIMARY KEY,
      detector_id integer NOT NULL REFERENCES detector (id),
      detector_version integer NOT NULL,
      observable_id uuid NOT NULL REFERENCES observable (id),
      aspect text NOT NULL,
      from_ms bigint NOT NULL,
      to_ms bigint NOT NULL,
      first_ms bigint NOT NULL,
      last_ms bigint NOT NULL,
      is_open boolean NOT NULL,
      closes_at_ms bigint NOT NULL,
      valid_until_ms bigint NOT NULL,
      is_live boolean NOT NULL,
      state text NOT NULL,
      decided_state text,
      superseded_by uuid REFERENCES finding (id),
      confidence double precision NOT NULL,
      reasons json NOT NULL,
      figures json NOT NULL,
      revision integer NOT NULL
    )`,
    'CREATE INDEX finding_subject ON finding (observable_id, detector_id, aspect, from_ms)',
    'CREATE INDEX finding_newest ON finding (from_ms DESC, id DESC)',
    'CREATE INDEX finding_end ON finding (to_ms)',
    'CREATE INDEX finding_open ON finding (detector_id, closes_at_ms) WHERE is_open',
    `CREATE INDEX finding_valid ON finding (detector_id, valid_until_ms) WHERE state IN ('candidate', 'confirmed')`,
    `CREATE TABLE finding_history (
      finding_id uuid NOT NULL REFERENCES finding (id),
      entry bigint GENERATED ALWAYS AS IDENTITY,
      at_ms bigint NOT NULL,
      actor text NOT NULL,
      state text NOT NULL,
      confidence double precision NOT NULL,
      note text NOT NULL,
      PRIMARY KEY (finding_id, entry)
    )`,
    // Live findings of one detector, subject and aspect never overlap: their bins say which observations they rest on.
    `CREATE VIEW finding_observation AS
      SELECT finding.id AS finding_id, observation.*
      FROM finding JOIN observation USING (detector_id, observable_id, aspect)
      WHERE is_live AND bin_ms >= from_ms AND bin_ms < to_ms`,
    'CREATE TABLE memory (key text PRIMARY KEY, value text NOT NULL)',
  ],
};
