/**
 * Builds the Debian package of the sensor:
 *
 *     node packages/sensor/packaging/build-deb.ts OUT-FOLDER
 *
 * It brings its own Node, the one this script runs on: no Debian release has one that runs TypeScript as it stands.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTree } from './tree.ts';

const HERE = import.meta.dirname;
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
const SCRIPTS = ['postinst', 'prerm', 'postrm'];

export interface DebOptions {
  /** Folder that gets the package. */
  readonly out: string;
  readonly version: string;
  readonly node: string;
  /** `none` is quick, for tests. */
  readonly compression: 'xz' | 'none';
}

/** Path of the package. Throws Error with what dpkg-deb said. */
export function buildDeb({ out, version, node, compression }: DebOptions): string {
  const root = mkdtempSync(join(tmpdir(), 'noroshi-deb-'));
  try {
    chmodSync(root, 0o755);
    writeTree(join(root, 'usr/lib/noroshi-sensor'), node);
    place(root, 'noroshi-sensor.sh', 'usr/bin/noroshi-sensor', 0o755);
    place(root, 'noroshi-sensor.service', 'lib/systemd/system/noroshi-sensor.service', 0o644);
    for (const name of SCRIPTS) place(root, name, `DEBIAN/${name}`, 0o755);
    writeFileSync(join(root, 'DEBIAN/control'), controlOf(version));
    const file = join(out, `noroshi-sensor_${version}_${architecture()}.deb`);
    const args = ['--root-owner-group', `-Z${compression}`, ...(compression === 'xz' ? ['-z1'] : []), '--build'];
    const { status, stderr } = spawnSync('dpkg-deb', [...args, root, file], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`Cannot build ${file}: ${stderr}`);
    return file;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function place(root: string, from: string, to: string, mode: number): void {
  const path = join(root, to);
  mkdirSync(join(path, '..'), { recursive: true });
  copyFileSync(join(HERE, from), path);
  chmodSync(path, mode);
}

function architecture(): string {
  return ARCHITECTURES[process.arch] ?? process.arch;
}

/** Node's libraries (ldd node), the program that captures, and useradd. */
function controlOf(version: string): string {
  return `Package: noroshi-sensor
Version: ${version}
Architecture: ${architecture()}
Maintainer: Noroshi <noroshi@localhost>
Section: net
Priority: optional
Depends: libc6 (>= 2.28), libstdc++6, libgcc-s1, tcpdump (>= 4.99), passwd
Recommends: nftables, systemd-timesyncd | time-daemon
Description: Noroshi sensor
 Captures what the Internet sends to addresses that nobody uses, sums it up
 minute by minute, and sends it to a Noroshi center.
`;
}

if (import.meta.main) {
  const [out = '.'] = process.argv.slice(2);
  const { version } = JSON.parse(readFileSync(join(HERE, '../package.json'), 'utf8')) as { version: string };
  mkdirSync(out, { recursive: true });
  process.stdout.write(`${buildDeb({ out, version, node: process.execPath, compression: 'xz' })}\n`);
}
