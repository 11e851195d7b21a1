/** Where a program is: on the PATH, or in the directories for administrators that a PATH may leave out. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const MORE = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** Path of an executable; undefined when it is not installed. */
export function find(program: string): string | undefined {
  const directories = [...(process.env['PATH'] ?? '').split(delimiter).filter((path) => path !== ''), ...MORE];
  return directories.map((directory) => join(directory, program)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
