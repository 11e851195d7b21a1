/**
 * The sources and targets of a minute, numbered once for all detectors that ask: they look a source up in their own memory once a
 * minute instead of once a row. Numbers are those of this minute alone, in order of first sight.
 */
import type { Bin, FlowBatch } from '../../flow-batch.ts';
import { AddressTable } from './tables.ts';

export interface MinuteIndex {
  /** Number of each row's source, and of its destination. */
  readonly source: Uint32Array;
  readonly target: Uint32Array;
  readonly sources: number;
  readonly targets: number;
  /** First row of each source and target: where its address, AS and country stand. */
  readonly sourceRow: Uint32Array;
  readonly targetRow: Uint32Array;
}

const indices = new WeakMap<Bin, MinuteIndex>();

/** The index of a bin: made when it is asked for the first time, kept as long as the bin. */
export function minuteIndexOf(bin: Bin): MinuteIndex {
  let index = indices.get(bin);
  if (index === undefined) {
    index = makeIndex(bin.flows);
    indices.set(bin, index);
  }
  return index;
}

function makeIndex({ rows, src, dst }: FlowBatch): MinuteIndex {
  const [source, sourceRow] = numbered(src, rows);
  const [target, targetRow] = numbered(dst, rows);
  return {
    source,
    target,
    sources: sourceRow.length,
    targets: targetRow.length,
    sourceRow,
    targetRow,
  };
}

/** Number of each row's address, and the first row of each number. */
function numbered(words: Uint32Array, rows: number): [numbers: Uint32Array, firstRows: Uint32Array] {
  const table = new AddressTable(rows);
  const numbers = new Uint32Array(rows);
  const firsts = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    const at = row * 4;
    // Rows of one source stand together as ClickHouse sends them, so the row before often has the answer.
    if (
      row > 0 &&
      words[at + 3] === words[at - 1] &&
      words[at + 2] === words[at - 2] &&
      words[at + 1] === words[at - 3] &&
      words[at] === words[at - 4]
    ) {
      numbers[row] = numbers[row - 1];
      continue;
    }
    const before = table.count;
    const number = table.add(words, at);
    numbers[row] = number;
    if (table.count > before) firsts[number] = row;
  }
  return [numbers, firsts.slice(0, table.count)];
}

/** The minute's numbers in a memory that lives longer: `to[i]` is the number there of address `i` of the minute, or NONE. */
export function renumbered(table: AddressTable, words: Uint32Array, firstRows: Uint32Array): Int32Array {
  const to = new Int32Array(firstRows.length);
  for (let number = 0; number < to.length; number++) to[number] = table.add(words, firstRows[number] * 4);
  return to;
}
