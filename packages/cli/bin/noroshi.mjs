#!/usr/bin/env node
// The program `noroshi`. Plain JavaScript, because it runs on whatever Node the machine has: where that is too old, the Node
// that npm installed beside us (the package `node`) takes over, in the same terminal and with the same signals.
import { spawn } from 'node:child_process';
import * as module from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR_MIN = 24;
/** Verbs that fill hundreds of megabytes. */
const LARGE = new Set(['flows', 'replay']);

/**
 * Huge pages for glibc's large blocks, where the kernel gives them on request: the tables of a flow minute are read all over,
 * and with small pages nearly every look misses the TLB. 10 to 15 % of the time of `flows`. glibc reads it at start only.
 */
function wantsHugePages() {
  const isFirst = process.env.GLIBC_TUNABLES === undefined;
  return isFirst && process.platform === 'linux' && LARGE.has(process.argv[2] ?? '');
}

/** The embedded database works in libuv's threads: reading, writing and files would wait for each other in the usual four. */
process.env.UV_THREADPOOL_SIZE ??= '8';

const HUGE_PAGES = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' };

function ownNode() {
  try {
    return join(dirname(module.createRequire(import.meta.url).resolve('node/package.json')), 'bin/node');
  } catch {
    return undefined;
  }
}

/** @param {string} node */
function handOver(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal signals the whole group; what is sent to us alone is passed on. Either way the child decides how to end.
  process.on('SIGINT', () => {});
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`Cannot start ${node}: ${error.message}`);
    process.exitCode = 3;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  });
}

if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR_MIN) {
  if (wantsHugePages()) {
    const self = [process.execPath, ...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
    process.execve?.(process.execPath, self, { ...process.env, ...HUGE_PAGES });
  }
  module.enableCompileCache();
  const { main } = await import('../main.ts');
  process.exitCode = await main(process.argv.slice(2));
} else {
  const node = ownNode();
  if (node === undefined) {
    console.error(
      `Cannot run on Node ${process.versions.node}: ${NODE_MAJOR_MIN} is needed; npm start in the checkout brings it`,
    );
    process.exitCode = 3;
  } else handOver(node);
}
