/** The sensor's own sources as a tree that runs by itself: three packages, no npm package, no test. */
import { chmodSync, copyFileSync, cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const PACKAGES = resolve(import.meta.dirname, '../..');
/** What a sensor is made of. */
const SENSOR_PACKAGES = ['wire', 'kit', 'sensor'] as const;
const LEFT_OUT = new Set(['testing', 'testing.ts', 'node_modules', 'packaging', 'tsconfig.json']);

/**
 * Copies the packages into a folder and names them for each other.
 * @param node the Node that shall lie beside them; none where the machine has one
 */
export function writeTree(folder: string, node?: string): void {
  mkdirSync(join(folder, 'node_modules/@noroshi'), { recursive: true });
  for (const name of SENSOR_PACKAGES) {
    cpSync(join(PACKAGES, name), join(folder, 'packages', name), { recursive: true, filter: isShipped });
    // Named by a link: Node runs TypeScript as it stands, but not below node_modules, and looks where the link leads.
    symlinkSync(join('../../packages', name), join(folder, 'node_modules/@noroshi', name));
  }
  if (node === undefined) return;
  copyFileSync(node, join(folder, 'node'));
  chmodSync(join(folder, 'node'), 0o755);
}

function isShipped(path: string): boolean {
  return !LEFT_OUT.has(basename(path)) && !path.endsWith('.test.ts');
}
