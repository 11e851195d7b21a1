/** A list of findings as a STIX bundle: the same list is the same bundle, whenever it is asked for. */
import type { FindingsShape } from '@noroshi/wire/api/finding.ts';
import { type StixBundle, stixBundle } from '../../publish/stix/bundle.ts';
import { isoOf } from './shapes.ts';

/** @param operator who publishes it */
export function bundleOf({ findings, feed, watermark }: FindingsShape, operator: string): StixBundle {
  return stixBundle({
    findings,
    operator: { name: operator },
    title: `Findings of feed ${feed}`,
    at: watermark ?? isoOf(0),
  });
}
