/**
 * A movable view: one object per protocol, placed over header after header, so that reading a packet allocates nothing.
 *
 * Order in every protocol file: the header drawn as named offsets, the view with one-line getters and setters, then what
 * has to be known beyond fields. A getter reads big-endian (network order) unless it says otherwise.
 * Getters are safe only after the caller has compared {@link View.room} with what the field needs: the walk does.
 */
const NOTHING = new DataView(new ArrayBuffer(0));

export class View {
  /** The bytes under the view. Owned by the caller (a capture reader's buffer); never kept beyond one packet. */
  data: DataView = NOTHING;
  /** Offset of the header's first byte in {@link data}. */
  at = 0;
  /** Offset behind the last byte that belongs to this header and its payload. */
  end = 0;

  /** Moves the view over `data[at, end)` and returns it. */
  place(data: DataView, at: number, end: number): this {
    this.data = data;
    this.at = at;
    this.end = end;
    return this;
  }

  /** Bytes from the header's start to the end of what was captured of it. */
  get room(): number {
    return this.end - this.at;
  }
}
