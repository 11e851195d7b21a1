/**
 * How many different values each vector has had of each of three kinds: addresses of ours, attack ports, target ports. Most vectors
 * are one packet long, so the first value of a kind lies in the vector's own words, and only others go into one shared set: open
 * addressing, linear probing, at most half full.
 */
export const KINDS = 3;
/** Entries of the shared set; one more is not remembered, and counted. */
const MEMBERS_MAX = 1 << 25;
const SLOTS_FIRST = 1 << 12;

export class Members {
  /** Values that were not remembered because the set is full: how often. */
  refused = 0;
  private readonly entriesMax: number;
  /** Two words a slot: row × {@link KINDS} + kind + 1, or 0 when it is free; the value. */
  private slots = new Uint32Array(SLOTS_FIRST * 2);
  private mask = SLOTS_FIRST - 1;
  private used = 0;

  constructor(entriesMax = MEMBERS_MAX) {
    this.entriesMax = entriesMax;
  }

  /** Notes another value than the first of its row and kind; true when it is new. */
  add(row: number, kind: number, value: number): boolean {
    const owner = row * KINDS + kind + 1;
    const { slots, mask } = this;
    let slot = hashOf(owner, value) & mask;
    for (let at = slot * 2; slots[at] !== 0; at = slot * 2) {
      if (slots[at] === owner && slots[at + 1] === value) return false;
      slot = (slot + 1) & mask;
    }
    if (this.used === this.entriesMax) {
      this.refused++;
      return false;
    }
    slots[slot * 2] = owner;
    slots[slot * 2 + 1] = value;
    this.used++;
    if (this.used * 2 > mask) this.rebuild((mask + 1) * 2, undefined);
    return true;
  }

  /** After the rows have moved. @param moved for each old row its new number, -1 when it is gone */
  move(moved: Int32Array): void {
    this.rebuild(this.mask + 1, moved);
  }

  private rebuild(slotCount: number, moved: Int32Array | undefined): void {
    const { slots: old, mask: oldMask } = this;
    const slots = new Uint32Array(slotCount * 2);
    const mask = slotCount - 1;
    this.used = 0;
    for (let from = 0; from <= oldMask; from++) {
      let owner = old[from * 2];
      if (owner === 0) continue;
      if (moved !== undefined) {
        const row = moved[Math.floor((owner - 1) / KINDS)];
        if (row < 0) continue;
        owner = row * KINDS + ((owner - 1) % KINDS) + 1;
      }
      const value = old[from * 2 + 1];
      let slot = hashOf(owner, value) & mask;
      while (slots[slot * 2] !== 0) slot = (slot + 1) & mask;
      slots[slot * 2] = owner;
      slots[slot * 2 + 1] = value;
      this.used++;
    }
    this.slots = slots;
    this.mask = mask;
  }
}

function hashOf(owner: number, value: number): number {
  let hash = Math.imul(owner, 0x9e3779b1) ^ Math.imul(value, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
