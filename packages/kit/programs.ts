/** Programs of the operating system. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian keeps programs of administrators out of a user's PATH. */
const FOLDERS_ALSO = ['/usr/sbin', '/sbin', '/usr/local/sbin'];

/** The path of an executable, searched for as a shell does, and in folders for administrators; undefined when there is none. */
export function findProgram(name: string, path = process.env.PATH ?? ''): string | undefined {
  const folders = [...path.split(delimiter).filter((folder) => folder !== ''), ...FOLDERS_ALSO];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
