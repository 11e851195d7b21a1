/** Where the demonstration keeps its things: in the checkout, or where that may not be written, among the user's state files. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where `npm start` answers. */
export const DEMO_CENTER = 'http://127.0.0.1:8642';
const CHECKOUT = resolve(import.meta.dirname, '../..');

/** Folders that the demonstration may use, the first choice first. */
export function demoFolders(env: NodeJS.ProcessEnv): readonly string[] {
  const state = env.XDG_STATE_HOME;
  const user = state === undefined || state === '' ? join(homedir(), '.local/state') : state;
  return [join(CHECKOUT, 'var/demo'), join(user, 'noroshi/demo')];
}

/** The token with which `noroshi replay` hands captures to the demonstration. */
export function replayTokenFile(folder: string): string {
  return join(folder, 'replay.token');
}
