/** The answers among a minute's rows, together by whom they come from, each source's in the order of time. */
import type { FlowBatch } from '../../flow-batch.ts';
import { attackedPort, attackedProtocol, isQuoted } from './answers.ts';
import { hashOf, NOW, TRACK_SHIFT, type Tracks } from './tracks.ts';

const FIRST = 4096;
/** /24 and /48. */
const PREFIX_4 = 0xffffff00;
const PREFIX_6 = 0xffff0000;

/** A storm: so many rows of answers in a minute. Then who is not known yet must have so many of them to become so. */
export const STORM_ROWS = 1 << 18;
const STORM_ROWS_LEAST = 4;
const CROWD_PLACES = 1 << 22;

export class MinuteRows {
  /** Entries of tracks.ts that have rows; rows of the k-th are `rows[starts[k]]` … `rows[starts[k + 1] - 1]`. */
  tracks = new Uint32Array(FIRST);
  count = 0;
  starts = new Uint32Array(FIRST + 1);
  rows = new Uint32Array(FIRST);
  private readonly byPrefix: boolean;
  private found = new Uint32Array(FIRST);
  private places = new Uint32Array(FIRST);
  private crowd: Uint8Array | undefined;
  /** Key of the row that was looked at last. */
  private w0 = 0;
  private w1 = 0;
  private w2 = 0;
  private w3 = 0;
  private proto = 0;

  /** @param byPrefix victims of one /24 or /48 are together */
  constructor(byPrefix: boolean) {
    this.byPrefix = byPrefix;
  }

  gather(flows: FlowBatch, tracks: Tracks): void {
    this.reserve(flows.rows);
    const found = this.find(flows, tracks);
    const { count, starts, places, rows } = this;
    let start = 0;
    for (let place = 0; place < count; place++) {
      const size = starts[place];
      starts[place] = start;
      start += size;
      tracks.words[(this.tracks[place] << TRACK_SHIFT) + NOW] = 0;
    }
    for (let place = 0; place < found; place++) rows[starts[places[place]]++] = this.found[place];
    for (let place = count; place > 0; place--) starts[place] = starts[place - 1];
    starts[0] = 0;
    for (let place = 0; place < count; place++) {
      if (starts[place + 1] - starts[place] > 1) sort(flows, rows.subarray(starts[place], starts[place + 1]));
    }
  }

  /** Finds rows and their tracks, and how many rows each has (in `starts`). */
  private find(flows: FlowBatch, tracks: Tracks): number {
    const answers = this.select(flows);
    const crowd = answers > STORM_ROWS ? this.countAll(flows, answers) : undefined;
    let found = 0;
    this.count = 0;
    for (let which = 0; which < answers; which++) {
      const row = this.rows[which];
      const track = this.trackOf(flows, row, tracks, crowd);
      if (track < 0) continue;
      const now = (track << TRACK_SHIFT) + NOW;
      let place = tracks.words[now];
      if (place === 0) {
        this.tracks[this.count] = track;
        this.starts[this.count] = 0;
        place = tracks.words[now] = ++this.count;
      }
      this.starts[place - 1]++;
      this.found[found] = row;
      this.places[found++] = place - 1;
    }
    return found;
  }

  /** Answers, into `rows`. Their number. */
  private select(flows: FlowBatch): number {
    let answers = 0;
    for (let row = 0; row < flows.rows; row++) {
      if (attackedProtocol(flows, row) !== 0) this.rows[answers++] = row;
    }
    return answers;
  }

  /** How many rows each source has, by its hash: at least so many as it has, up to 255. */
  private countAll(flows: FlowBatch, answers: number): Uint8Array {
    this.crowd ??= new Uint8Array(CROWD_PLACES);
    const { crowd } = this;
    crowd.fill(0);
    for (let which = 0; which < answers; which++) {
      this.keyOf(flows, this.rows[which]);
      const place = this.hash() & (CROWD_PLACES - 1);
      if (crowd[place] < 255) crowd[place]++;
    }
    return crowd;
  }

  private trackOf(flows: FlowBatch, row: number, tracks: Tracks, crowd: Uint8Array | undefined): number {
    this.keyOf(flows, row);
    const { w0, w1, w2, w3, proto } = this;
    const track = tracks.find(w0, w1, w2, w3, proto);
    if (track >= 0) return track;
    if (crowd !== undefined && crowd[this.hash() & (CROWD_PLACES - 1)] < STORM_ROWS_LEAST) {
      tracks.refused++;
      return -1;
    }
    return tracks.add(w0, w1, w2, w3, proto);
  }

  private hash(): number {
    return hashOf(this.w0, this.w1, this.w2, this.w3, this.proto);
  }

  /** Whose answer a row is. */
  private keyOf(flows: FlowBatch, row: number): void {
    const words = isQuoted(flows, row) ? flows.quoted_dst : flows.src;
    const at = row * 4;
    const is4 = words[at] === 0 && words[at + 1] === 0;
    const { byPrefix } = this;
    this.proto = attackedProtocol(flows, row);
    this.w0 = words[at];
    this.w1 = byPrefix && !is4 ? (words[at + 1] & PREFIX_6) >>> 0 : words[at + 1];
    this.w2 = byPrefix && !is4 ? 0 : words[at + 2];
    this.w3 = byPrefix ? (is4 ? (words[at + 3] & PREFIX_4) >>> 0 : 0) : words[at + 3];
  }

  private reserve(rows: number): void {
    if (rows <= this.rows.length) return;
    this.tracks = new Uint32Array(rows);
    this.starts = new Uint32Array(rows + 1);
    this.rows = new Uint32Array(rows);
    this.found = new Uint32Array(rows);
    this.places = new Uint32Array(rows);
  }
}

/** By time; rows of one moment by what they say, so that their order in the batch does not matter. */
function sort(flows: FlowBatch, rows: Uint32Array): void {
  if (rows.length > 8) {
    rows.sort((a, b) => compare(flows, a, b));
    return;
  }
  for (let end = 1; end < rows.length; end++) {
    const row = rows[end];
    let place = end;
    for (; place > 0 && compare(flows, rows[place - 1], row) > 0; place--) rows[place] = rows[place - 1];
    rows[place] = row;
  }
}

function compare(flows: FlowBatch, a: number, b: number): number {
  const { first_us, dst, client_port_min, packets } = flows;
  if (first_us[a] !== first_us[b]) return first_us[a] - first_us[b];
  return (
    dst[a * 4 + 3] - dst[b * 4 + 3] ||
    dst[a * 4 + 2] - dst[b * 4 + 2] ||
    client_port_min[a] - client_port_min[b] ||
    attackedPort(flows, a) - attackedPort(flows, b) ||
    packets[a] - packets[b]
  );
}
