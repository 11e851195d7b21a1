/**
 * A listening socket that takes connections to addresses which are not this machine's (IP_TRANSPARENT). Node cannot set the option,
 * so the socket is made by the C library; `server.listen({ fd })` takes it over.
 *
 * Source: ip(7) IP_TRANSPARENT, ipv6(7); numbers from the Linux headers, the same on x86-64 and arm64.
 */
import { createRequire } from 'node:module';
import { RespondError } from './respond-error.ts';

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const IPPROTO_IP = 0;
const IP_TRANSPARENT = 19;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
const IPV6_TRANSPARENT = 75;
const EPERM = 1;
const EADDRINUSE = 98;
/** Connections that are through the handshake and not taken yet; the kernel cuts it to net.core.somaxconn. */
const BACKLOG = 4096;

type Call = (...args: readonly unknown[]) => number;
interface Library {
  func(declaration: string): Call;
}
interface Koffi {
  load(path: string): Library;
  errno(): number;
}

/** File descriptor of a listener on the loopback address of the family. Throws RespondError. */
export function openTransparent(family: 4 | 6, port: number): number {
  const koffi = loadKoffi();
  const libc = koffi.load('libc.so.6');
  const socket = libc.func('int socket(int, int, int)');
  const setsockopt = libc.func('int setsockopt(int, int, int, const void *, uint32_t)');
  const bind = libc.func('int bind(int, const void *, uint32_t)');
  const listen = libc.func('int listen(int, int)');
  const close = libc.func('int close(int)');
  const done = (result: number): number => {
    if (result >= 0) return result;
    throw new RespondError(`Cannot listen for every address: ${stateOf(koffi.errno(), port)}`);
  };
  const fd = done(socket(family === 4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const on = (level: number, option: number): number =>
    done(setsockopt(fd, level, option, Buffer.from([1, 0, 0, 0]), 4));
  try {
    on(SOL_SOCKET, SO_REUSEADDR);
    if (family === 6) on(IPPROTO_IPV6, IPV6_V6ONLY);
    on(family === 4 ? IPPROTO_IP : IPPROTO_IPV6, family === 4 ? IP_TRANSPARENT : IPV6_TRANSPARENT);
    const address = loopback(family, port);
    done(bind(fd, address, address.length));
    done(listen(fd, BACKLOG));
    return fd;
  } catch (error) {
    close(fd);
    throw error;
  }
}

/** `sockaddr_in` or `sockaddr_in6` of 127.0.0.1 or ::1. */
function loopback(family: 4 | 6, port: number): Buffer {
  const address = Buffer.alloc(family === 4 ? 16 : 28);
  address.writeUInt16LE(family === 4 ? AF_INET : AF_INET6, 0);
  address.writeUInt16BE(port, 2);
  if (family === 4) address.set([127, 0, 0, 1], 4);
  else address[23] = 1;
  return address;
}

/** Only who answers needs the library: it is loaded here and not at the top. */
function loadKoffi(): Koffi {
  try {
    return createRequire(import.meta.url)('koffi') as Koffi;
  } catch {
    throw new RespondError(
      'Cannot listen for every address: the package koffi is not installed; run npm install koffi',
    );
  }
}

function stateOf(errno: number, port: number): string {
  if (errno === EPERM) return 'CAP_NET_ADMIN is missing';
  if (errno === EADDRINUSE) return `port ${port} of the loopback address is taken`;
  return `the kernel says no (errno ${errno})`;
}
