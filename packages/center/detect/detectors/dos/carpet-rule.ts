/** Whether a source that answers is one of many victims of one network: then the network is attacked, not the address. */
import { LAST_MS, PROTO, TRACK_SHIFT } from './tracks.ts';
import type { Watch } from './watch.ts';

/** So many others of the /24 (IPv6 /48), which have answered two of our addresses or more, answer in the same time … */
const NEIGHBOURS_LEAST = 16;
/** … and no address has more than this share of the answers. */
export const SHARE_MOST = 1 / 3;

/** @param since_ms when the source's own alarm begins, ms behind the run's beginning */
export function isCarpet({ rings, tracks }: Watch, ring: number, since_ms: number): boolean {
  const own = rings.trackOf[ring];
  const at = own << TRACK_SHIFT;
  const { words } = tracks;
  const is4 = words[at] === 0 && words[at + 1] === 0;
  let neighbours = 0;
  let answers = 0;
  for (let other = 1; other < rings.top; other++) {
    const track = rings.trackOf[other];
    if (track < 0 || track === own) continue;
    const to = track << TRACK_SHIFT;
    if (words[to + PROTO] !== words[at + PROTO] || words[to + LAST_MS] <= since_ms) continue;
    if (words[to] !== words[at]) continue;
    if (is4 ? (words[to + 3] ^ words[at + 3]) >>> 8 !== 0 : (words[to + 1] ^ words[at + 1]) >>> 16 !== 0) continue;
    neighbours++;
    answers += rings.count(other);
  }
  const count = rings.count(ring);
  return neighbours >= NEIGHBOURS_LEAST && count <= SHARE_MOST * (answers + count);
}
