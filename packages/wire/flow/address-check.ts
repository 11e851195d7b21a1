/** Columns of addresses: any sixteen bytes are one; whose they must be is another question. */
import type { PrefixSet } from '../net/prefix-set.ts';
import { PREFIX_BYTES, TAIL_BYTES, VALUE_BYTES } from '../segment/delta.ts';
import type { Entries } from '../segment/dictionary-read.ts';
import type { ColumnCheck } from '../segment/group-read.ts';
import type { PageValues } from '../segment/page-read.ts';
import { indicesOf, Used } from './value-checks.ts';

const FOREIGN = 'an address that is not the sensor’s';

/** @param own when given, every address must be in it */
export class AddressCheck implements ColumnCheck {
  private readonly own: PrefixSet | undefined;
  private readonly used = new Used();
  private entries: Entries | undefined;
  private state: string | undefined;

  constructor(own?: PrefixSet) {
    this.own = own;
  }

  begin(dictionary: Entries | undefined): void {
    this.entries = dictionary;
    this.state = undefined;
    this.used.clear();
  }

  page(values: PageValues): void {
    if (values.form === 'equal') this.used.note(values.index);
    else if (values.form === 'indices') this.used.noteAll(indicesOf(values));
    else if (values.form === 'blobs') this.state ??= 'values of a form that it never has';
    else if (this.own !== undefined && values.form === 'plain') this.plain(values.bytes, this.own);
    else if (this.own !== undefined && values.form === 'tails') this.tails(values.starts, values.suffixes, this.own);
  }

  end(): string | undefined {
    const { entries, own } = this;
    if (entries === undefined) return this.state;
    const { end } = this.used;
    if (end > entries.count) return 'an index beyond its dictionary';
    for (const [index, value] of entries.values.slice(0, end).entries()) {
      if (this.used.has(index) && own !== undefined && value instanceof Uint8Array) this.plain(value, own);
    }
    return this.state;
  }

  private plain(bytes: Uint8Array, own: PrefixSet): void {
    const view = viewOf(bytes);
    for (let at = 0; at < bytes.length; at += VALUE_BYTES) {
      if (!own.has(view.getInt32(at), view.getInt32(at + 4), view.getInt32(at + 8), view.getInt32(at + 12))) {
        this.state ??= FOREIGN;
      }
    }
  }

  /** From each start on, values share their first twelve bytes. */
  private tails(starts: Uint32Array, suffixes: Uint8Array, own: PrefixSet): void {
    const view = viewOf(suffixes);
    let isOwn = true;
    let at = 0;
    for (let index = 0; index < starts.length; index++) {
      const [w0, w1, w2] = [view.getInt32(at), view.getInt32(at + 4), view.getInt32(at + 8)];
      at += PREFIX_BYTES;
      const isLast = index + 1 === starts.length;
      const end = isLast ? suffixes.length : at + (starts[index + 1] - starts[index]) * TAIL_BYTES;
      const isIpv4 = w0 === 0 && w1 === 0 && w2 === 0xffff;
      if (isIpv4) for (; at < end; at += TAIL_BYTES) isOwn &&= own.hasIpv4(view.getInt32(at));
      else for (; at < end; at += TAIL_BYTES) isOwn &&= own.has(w0, w1, w2, view.getInt32(at));
    }
    if (!isOwn) this.state ??= FOREIGN;
  }
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
