import {
  readFileSync,
  writeFileSync,
  existsSync,
  mkdirSync,
  createWriteStream,
  symlinkSync,
  readdirSync,
} from 'node:fs';
import { execFileSync, spawn } from 'node:child_process';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { simulateToBytes } from '/work/main/packages/simulate/main.ts';
import { writeFlows } from '/work/main/packages/sensor/flow/flows.ts';
const { bytes } = simulateToBytes({ seed: 1, packets: 2000, duration_s: 200 });
const d = '/tmp/nt/h3';
execFileSync('rm', ['-rf', d]);
mkdirSync(d);
let i = 0;
async function run(name, b, o = {}) {
  const p = b instanceof Uint8Array ? `${d}/h${i++}.pcap` : b;
  if (b instanceof Uint8Array) writeFileSync(p, b);
  const t = performance.now();
  try {
    const r = await Promise.race([
      writeFlows({
        paths: Array.isArray(p) ? p : [p],
        out: `${d}/o${i++}.parquet`,
        workers: 1,
        compression: 'none',
        ...o,
      }),
      new Promise((_, j) => setTimeout(() => j(new Error('HANGS')), 3000)),
    ]);
    console.log(
      name,
      'ok',
      r.counters.received,
      r.counters.kept,
      r.segment.rows,
      r.damage,
      (performance.now() - t).toFixed(0),
    );
  } catch (e) {
    console.log(name, 'THROWS', e.code, e.message);
  }
}
await run('plain', bytes);
const gz = gzipSync(bytes),
  zs = zstdCompressSync(bytes);
await run('gz', gz);
await run('zst', zs);
const half = Math.floor(bytes.length / 2);
await run('gz members', Buffer.concat([gzipSync(bytes.subarray(0, half)), gzipSync(bytes.subarray(half))]));
await run(
  'zst frames',
  Buffer.concat([zstdCompressSync(bytes.subarray(0, half)), zstdCompressSync(bytes.subarray(half))]),
);
await run(
  'zst frames+empty+skippable',
  Buffer.concat([
    zstdCompressSync(bytes.subarray(0, half)),
    zstdCompressSync(Buffer.alloc(0)),
    Buffer.from('502a4d1804000000deadbeef', 'hex'),
    zstdCompressSync(bytes.subarray(half)),
  ]),
);
await run(
  'gz 3 members incl empty',
  Buffer.concat([gzipSync(bytes.subarray(0, half)), gzipSync(''), gzipSync(bytes.subarray(half))]),
);
await run('gz + zeros', Buffer.concat([gz, Buffer.alloc(100)]));
await run('gz + garbage', Buffer.concat([gz, Buffer.from('garbage at the end')]));
await run('zst + garbage', Buffer.concat([zs, Buffer.from('garbage at the end')]));
await run('zst + zeros', Buffer.concat([zs, Buffer.alloc(100)]));
await run('gz cut', gz.subarray(0, gz.length - 20));
await run('zst cut', zs.subarray(0, zs.length - 20));
await run('gz cut half', gz.subarray(0, gz.length >> 1));
await run('zst cut half', zs.subarray(0, zs.length >> 1));
for (const at of [10, 50, 1000, gz.length >> 1]) {
  const c = Buffer.from(gz);
  c[at] ^= 0x55;
  await run('gz corrupt ' + at, c);
}
for (const at of [6, 50, 1000, zs.length >> 1]) {
  const c = Buffer.from(zs);
  c[at] ^= 0x55;
  await run('zs corrupt ' + at, c);
}
{
  const c = Buffer.from(gz);
  c[c.length - 6] ^= 1;
  await run('gz crc', c);
}
await run('gz 3 bytes', gz.subarray(0, 3));
await run('gz 1 byte', gz.subarray(0, 1));
await run('gz 10', gz.subarray(0, 10));
await run('gz of empty', gzipSync(''));
await run('zst of empty', zstdCompressSync(Buffer.alloc(0)));
await run('double gz', gzipSync(gz));
await run('dir', d);
await run('missing', d + '/nope');
await run('dir w2', d, { workers: 2 });
await run('/dev/null', '/dev/null');
await run('mem read error', '/proc/self/mem');
const fifo = async (name, b, n, o) => {
  const ps = [];
  for (let k = 0; k < n; k++) {
    const p = `${d}/f${i++}`;
    execFileSync('mkfifo', [p]);
    writeFileSync(p + '.d', b[k]);
    spawn('sh', ['-c', `cat ${p}.d > ${p}`], { stdio: 'inherit' });
    ps.push(p);
  }
  await run(name, ps, o);
};
await fifo('fifo', [bytes], 1);
await fifo('fifo gz', [gz], 1);
await fifo('fifo w2', [bytes], 1, { workers: 2 });
await fifo('fifo x2', [bytes, bytes], 2);
console.log(
  readdirSync(d).filter((n) => n.endsWith('.part')),
  readdirSync('/proc/self/fd').length,
);
process.exit();
