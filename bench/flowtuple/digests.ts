/** Are the ten million flowtuples those of Corsaro 2? Its output is known by a digest for each interval and class. */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { sharedData } from '@noroshi/kit/testing.ts';

/** How many intervals and classes have the digest that they have in Corsaro's output. @param path flowtuples as text */
export async function compareDigests(path: string): Promise<{ same: number; all: number }> {
  const theirs = new Set(
    readFileSync(sharedData('reference', 'corsaro-out', 'd', 'd-flowtuple-digest.txt'), 'utf8')
      .trimEnd()
      .split('\n'),
  );
  let [same, interval] = [0, 0];
  let tuples: string[] = [];
  for await (const line of createInterface({ input: createReadStream(path, 'latin1') })) {
    if (line.startsWith('START ')) tuples = [];
    else if (line.startsWith('END ')) same += theirs.has(digestOf(interval, line.slice(4), tuples)) ? 1 : 0;
    else if (line.startsWith('# CORSARO_INTERVAL_END')) interval++;
    else tuples.push(line);
  }
  return { same, all: theirs.size };
}

function digestOf(interval: number, name: string, tuples: string[]): string {
  const packets = tuples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(',') + 1)), 0);
  const hash = createHash('sha256');
  for (const line of tuples.sort()) hash.update(`${line}\n`);
  const place = `${String(interval).padStart(2, '0')}-${name}`;
  return `${place} tuples=${tuples.length} packets=${packets} sha256_of_LC_ALL=C_sorted_lines=${hash.digest('hex')}`;
}
