/** How many uploads there may be at once: in all, of one sensor, of one segment. */
import { Refusal } from './refusals.ts';

export class Admission {
  private readonly all: number;
  private readonly ofSensor: number;
  private readonly segments = new Set<string>();
  private readonly sensors = new Map<string, number>();

  constructor(all: number, ofSensor: number) {
    this.all = all;
    this.ofSensor = ofSensor;
  }

  /** Uploads that are under way. */
  get count(): number {
    return this.segments.size;
  }

  /** Takes a place; the answer gives it back. Throws Refusal when there is none, or the segment is under way already. */
  enter(sensor: string, sequence: number): () => void {
    const key = `${sensor}/${sequence}`;
    const busy = (state: string): Refusal => new Refusal('busy', `Cannot take segment ${key}: ${state}`);
    if (this.segments.has(key)) throw busy('it is being taken already');
    const count = this.sensors.get(sensor) ?? 0;
    if (count >= this.ofSensor) throw busy(`its sensor has ${count} others under way`);
    if (this.segments.size >= this.all) throw busy(`${this.all} others are under way`);
    this.segments.add(key);
    this.sensors.set(sensor, count + 1);
    return () => this.leave(sensor, key);
  }

  private leave(sensor: string, key: string): void {
    if (!this.segments.delete(key)) return;
    const left = (this.sensors.get(sensor) ?? 1) - 1;
    if (left === 0) this.sensors.delete(sensor);
    else this.sensors.set(sensor, left);
  }
}
