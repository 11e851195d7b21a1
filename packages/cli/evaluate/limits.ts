/** Detection limits as detectors state them: above them a victim is expected to be found. */
import { detectionLimit_pps } from '@noroshi/center/detect/detectors/dos/spans.ts';
import type { Limit } from './score.ts';

/** Undefined for a detector that states none. */
export function limitOf(detector: string, addresses: number): Limit | undefined {
  if (detector !== 'dos/victim' || addresses < 1) return undefined;
  return (lasting_s) => detectionLimit_pps(addresses, lasting_s);
}
