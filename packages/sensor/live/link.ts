/** Whether an interface is there and up, as the kernel says in sysfs. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** `absent`: no such interface; `down`: somebody switched it off, or there is no carrier. */
export type LinkState = 'up' | 'down' | 'absent';

const FOLDER = '/sys/class/net';
/** States in which no packet comes in (RFC 2863, ifOperStatus). A tunnel says `unknown` while it works. */
const DOWN = new Set(['down', 'lowerlayerdown', 'notpresent', 'dormant', 'testing']);

/** @param folder where sysfs shows the network interfaces; where there is no such folder every interface counts as up */
export function linkState(name: string, folder = FOLDER): LinkState {
  try {
    return DOWN.has(readFileSync(join(folder, name, 'operstate'), 'utf8').trim()) ? 'down' : 'up';
  } catch (error) {
    // An interface that goes away while it is being read says EINVAL.
    const isThere = (error as NodeJS.ErrnoException).code === 'EINVAL';
    return isThere || isFolder(folder) ? 'absent' : 'up';
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
