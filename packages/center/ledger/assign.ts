/** Which finding an episode is. Findings were there before, episodes are there now; both of one subject and aspect, oldest first. */

interface Span {
  readonly from_ms: number;
  readonly to_ms: number;
}

export interface Assignment<F, E> {
  readonly kept: readonly {
    readonly episode: E;
    /** It goes on with this one; undefined: it is new. */
    readonly finding: F | undefined;
    /** Findings that are part of it from now on. */
    readonly joined: readonly F[];
  }[];
  /** Findings that no episode overlaps. */
  readonly vanished: readonly F[];
}

/**
 * An episode goes on with the oldest finding that it overlaps, and the others join it. The first part of a finding that falls
 * apart keeps it. Cost: findings and episodes together.
 */
export function assign<F extends Span, E extends Span>(
  findings: readonly F[],
  episodes: readonly E[],
): Assignment<F, E> {
  const kept: { episode: E; finding: F | undefined; joined: F[] }[] = [];
  const vanished: F[] = [];
  let next = 0;
  for (const [place, episode] of episodes.entries()) {
    const following = episodes[place + 1];
    const mine: F[] = [];
    for (; next < findings.length && findings[next].from_ms < episode.to_ms; next++) {
      const finding = findings[next];
      if (finding.to_ms <= episode.from_ms) vanished.push(finding);
      // Another has this episode already: its later part may still keep it.
      else if (mine.length > 0 && following !== undefined && finding.to_ms > following.from_ms) break;
      else mine.push(finding);
    }
    const [finding, ...joined] = mine;
    kept.push({ episode, finding, joined });
  }
  return { kept, vanished: [...vanished, ...findings.slice(next)] };
}
