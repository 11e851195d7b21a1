/** Detectors over captures, in memory: the part that `noroshi detect`, the corpus and labelled captures share. */
import type { Detector } from '@noroshi/center/detect/detector.ts';
import { DETECTORS } from '@noroshi/center/detect/detectors/index.ts';
import type { BatchLookups } from '@noroshi/center/detect/flow-batch-of.ts';
import type { Bin } from '@noroshi/center/detect/flow-batch.ts';
import type { Progress as Reading } from '@noroshi/sensor/flow/inline.ts';
import { Refusal } from '../io/exit.ts';
import type { Io } from '../io/io.ts';
import { Progress } from '../io/progress.ts';
import { captureRefusal, refuseFolders } from '../io/read-captures.ts';
import { type CaptureAccount, CaptureBins, TooLarge } from './captures.ts';
import { type Heard, listen } from './listen.ts';

export interface Detected extends Heard {
  readonly account: CaptureAccount;
  /** First and last minute, Unix ms; undefined without any. */
  readonly from_ms: number | undefined;
  readonly to_ms: number | undefined;
}

/** The detectors named: a whole theme (`dos`), or one (`dos/victim`); all without a name. Throws Refusal. */
export function chosen(names: readonly string[]): readonly Detector[] {
  for (const name of names) {
    if (DETECTORS.some(({ id, theme }) => name === id || name === theme)) continue;
    const known = DETECTORS.map(({ id }) => id).join(', ');
    throw new Refusal('usage', `Cannot run detector ${JSON.stringify(name)}: there are ${known}`);
  }
  return DETECTORS.filter(({ id, theme }) => names.length === 0 || names.includes(id) || names.includes(theme));
}

/** Runs the detectors. Throws Refusal, Interrupted. */
export async function detectCaptures(
  io: Io,
  paths: readonly string[],
  detectors: readonly Detector[],
  options: { readonly prefixes: readonly string[]; readonly lookups?: BatchLookups },
): Promise<Detected> {
  refuseFolders(paths);
  const progress = new Progress(io);
  const onProgress = ({ packets, bytesRead, bytesTotal }: Reading): void => {
    io.interrupt.check();
    progress.update(packets, bytesTotal === undefined ? undefined : bytesRead / bytesTotal);
  };
  try {
    const { lookups } = options;
    const prefixes = options.prefixes.length === 0 ? undefined : options.prefixes;
    const bins = new CaptureBins({ paths, prefixes, onProgress, ...(lookups === undefined ? {} : { lookups }) });
    const span: { from_ms?: number; to_ms?: number } = {};
    const heard = await io.interrupt.orStop(listen(spanned(bins, span), detectors));
    return { ...heard, account: bins.outcome, from_ms: span.from_ms, to_ms: span.to_ms };
  } catch (error) {
    if (error instanceof TooLarge) throw new Refusal('io', error.message);
    if (error instanceof RangeError && options.prefixes.length > 0) throw new Refusal('usage', error.message);
    throw captureRefusal(paths, error);
  } finally {
    progress.clear();
  }
}

async function* spanned(
  bins: AsyncIterable<Bin>,
  span: { from_ms?: number; to_ms?: number },
): AsyncGenerator<Bin, void, void> {
  for await (const bin of bins) {
    span.from_ms ??= bin.minute_ms;
    span.to_ms = bin.minute_ms + 60_000;
    yield bin;
  }
}
