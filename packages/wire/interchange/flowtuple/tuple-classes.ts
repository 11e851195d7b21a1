/** Where each class begins among rows in order. */
import { TUPLE_CLASSES } from './tuple-packet.ts';
import type { TupleOrder } from './tuple-order.ts';
import { KIND, TUPLE_WORDS } from './tuple-table.ts';

/** For each class the place of its first row, and the number of rows at the end. */
export function placesOfClasses({ words, rows, count }: TupleOrder): readonly number[] {
  const places: number[] = [];
  for (let place = 0; place < TUPLE_CLASSES.length; place++) {
    let low = places[place - 1] ?? 0;
    for (let high = count; low < high; ) {
      const middle = (low + high) >>> 1;
      if (words[rows[middle] * TUPLE_WORDS + KIND] >>> 24 < place) low = middle + 1;
      else high = middle;
    }
    places.push(low);
  }
  return [...places, count];
}
