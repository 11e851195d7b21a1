/** The work of `noroshi packets`. */
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { MARKS } from '@noroshi/wire/classify/marks/index.ts';
import type { Io } from '../io/io.ts';
import { readCaptures, reportDamage } from '../io/read-captures.ts';
import type { PacketsValues } from '../verbs/packets.ts';
import { jsonLine } from './json-line.ts';
import { Seen } from './seen.ts';
import { TextLines } from './text-line.ts';

/** Lists the packets; numbers count all of them, whether shown or not. */
export async function runPackets(io: Io, files: readonly string[], values: PacketsValues): Promise<number> {
  const { json, count = Number.POSITIVE_INFINITY, inner, verify } = values;
  const wants = wantedBy(values);
  const lines = new TextLines(io.isTerminal ? io.width : undefined, (text) => io.style.ember(text));
  const seen = new Seen();
  let n = 0;
  let shown = 0;
  const { damage } = await readCaptures(io, files, (reader) => {
    n++;
    seen.read(reader.data, reader.at, reader.end, reader.link);
    if (!wants(seen)) return true;
    if (inner) seen.enter();
    if (verify) seen.verify();
    io.out.write(json ? jsonLine(n, reader, seen) : lines.lines(n, reader, seen));
    return ++shown < count;
  });
  io.out.flush();
  return reportDamage(io, damage);
}

/** The filters of the command line as one question; several names of a kind are alternatives. */
function wantedBy({ class: classes, mark: marks }: PacketsValues): (seen: Seen) => boolean {
  const wantedClasses = bitsOf(CLASSES, classes);
  const wantedMarks = bitsOf(MARKS, marks);
  return ({ verdict }) => {
    if (wantedClasses !== 0 && (wantedClasses & (1 << verdict.classCode)) === 0) return false;
    return wantedMarks === 0 || (wantedMarks & verdict.marks) !== 0;
  };
}

function bitsOf(known: readonly { readonly name: string }[], wanted: readonly string[]): number {
  return known.reduce((bits, { name }, index) => (wanted.includes(name) ? bits | (1 << index) : bits), 0);
}
