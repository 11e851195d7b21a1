/** Which detectors a center runs. */
import { DETECTORS } from './detectors/index.ts';
import type { Detector } from './detector.ts';

/** Those that run when the configuration names none. */
export const USUAL_DETECTORS = [
  'dos/victim',
  'dos/carpet',
  'dos/reflection',
  'scan/synack',
  'scan/horizontal',
  'scan/vertical',
  'scan/npa-ports',
  'sources/classes',
];

/** Throws Error with a sentence that names what there is. */
export function chosenDetectors(names: readonly string[] = USUAL_DETECTORS): readonly Detector[] {
  const unknown = names.find((name) => !DETECTORS.some(({ id }) => id === name));
  if (unknown !== undefined) {
    const all = DETECTORS.map(({ id }) => id).join(', ');
    throw new Error(`Cannot run the detector ${unknown}: there is none of this name; there are ${all}`);
  }
  return DETECTORS.filter(({ id }) => names.includes(id));
}
