/**
 * The other side of the benchmark of the responder, in a namespace of its own: many visitors. Prints what it saw as one JSON object.
 *
 *     visitors.ts hold  <count>      comes with so many at a time, and stays until standard input ends
 *     visitors.ts come  <seconds>    comes, asks, is answered and goes, over and over
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Connections on their way in at a time. */
const COMING = 256;
const ADDRESSES = 254;

const [how = '', amount = ''] = process.argv.slice(2);
let turn = 0;

/** Another address, and another port every so many. */
function target(): { host: string; port: number } {
  turn++;
  return { host: `198.51.100.${1 + (turn % ADDRESSES)}`, port: 1024 + (Math.floor(turn / ADDRESSES) % 60_000) };
}

async function sideBySide(work: () => Promise<boolean>): Promise<void> {
  await Promise.all(
    Array.from({ length: COMING }, async () => {
      while (await work());
    }),
  );
}

async function hold(count: number): Promise<void> {
  let [begun, open, failed, lost] = [0, 0, 0, 0];
  const sockets = new Set<Socket>();
  const start = performance.now();
  await sideBySide(async () => {
    if (begun >= count) return false;
    begun++;
    const { host, port } = target();
    const socket = connect({ host, port });
    await new Promise<void>((resolve) => {
      socket.once('connect', () => {
        open++;
        sockets.add(socket);
        socket.once('close', () => lost++);
        socket.resume();
        resolve();
      });
      socket.once('error', () => {
        failed++;
        resolve();
      });
    });
    return true;
  });
  console.log(JSON.stringify({ open, failed, seconds: (performance.now() - start) / 1000 }));
  process.stdin.resume();
  await once(process.stdin, 'end');
  console.log(JSON.stringify({ lost }));
  process.exitCode = 0;
  for (const socket of sockets) socket.destroy();
}

async function come(seconds: number): Promise<void> {
  let [answered, failed] = [0, 0];
  const start = performance.now();
  const end = start + seconds * 1000;
  await sideBySide(async () => {
    if (performance.now() >= end) return false;
    const socket = connect(target());
    let hasHeard = false;
    socket.on('error', () => {});
    socket.on('data', () => (hasHeard = true));
    socket.write('GET / HTTP/1.0\r\n\r\n');
    await once(socket, 'close').catch(() => {});
    if (hasHeard) answered++;
    else failed++;
    return true;
  });
  console.log(JSON.stringify({ answered, failed, seconds: (performance.now() - start) / 1000 }));
}

await (how === 'hold' ? hold(Number(amount)) : come(Number(amount)));
