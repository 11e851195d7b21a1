/** What a finished segment file says about itself, from its last bytes. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { readFooter } from '@noroshi/wire/segment/parquet.ts';
import { decodeSegment, type Segment } from '@noroshi/wire/segment/segment.ts';

/** Bytes read at first; a footer that is longer says so. */
const TAIL_BYTES = 64 * 1024;

/** Undefined when the file is not a whole segment. Throws the file system's error. */
export function readSegment(path: string): Segment | undefined {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    for (let wanted = TAIL_BYTES; ; ) {
      const read = readFooter(tailOf(fd, size, wanted), size);
      if (read.ok) {
        const decoded = decodeSegment(read.footer.keyValue);
        return decoded.ok ? decoded.segment : undefined;
      }
      if (read.failure.reason !== 'tail' || read.failure.needed_bytes <= wanted) return undefined;
      wanted = read.failure.needed_bytes;
    }
  } finally {
    closeSync(fd);
  }
}

function tailOf(fd: number, size: number, wanted: number): Uint8Array {
  const tail = new Uint8Array(Math.min(size, wanted));
  for (let at = 0; at < tail.length; ) {
    const count = readSync(fd, tail, at, tail.length - at, size - tail.length + at);
    if (count === 0) break;
    at += count;
  }
  return tail;
}
