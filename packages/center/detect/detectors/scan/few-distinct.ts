/** Distinct values of a key, counted up to a small number: enough to say "few" or "not few", without a table. */
import type { FlowBatch } from '../../flow-batch.ts';
import { grown } from '../sources/tables.ts';
import type { Beside } from './window-run.ts';

const KEYS_FIRST = 1024;

export class FewDistinct implements Beside {
  private values = new Uint32Array(0);
  private counts = new Uint8Array(0);
  private readonly max: number;
  private readonly valueOf: (flows: FlowBatch, row: number, target: number) => number;

  /** Counts up to `max`, at most 255. */
  constructor(max: number, valueOf: (flows: FlowBatch, row: number, target: number) => number) {
    this.max = max;
    this.valueOf = valueOf;
  }

  add(key: number, flows: FlowBatch, row: number, target: number): void {
    const { max } = this;
    if (key >= this.counts.length) this.grow(key + 1);
    const known = this.counts[key];
    if (known === max) return;
    const at = key * max;
    const value = this.valueOf(flows, row, target);
    for (let place = 0; place < known; place++) if (this.values[at + place] === value) return;
    this.values[at + known] = value;
    this.counts[key] = known + 1;
  }

  of(key: number): number {
    return this.counts[key] ?? 0;
  }

  private grow(atLeast: number): void {
    const length = Math.max(atLeast, KEYS_FIRST, this.counts.length * 2);
    this.values = grown(this.values, length * this.max);
    this.counts = grown(this.counts, length);
  }
}
