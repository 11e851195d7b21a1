/**
 * A file written from front to back past the page cache (O_DIRECT): what is large, synced at its end and not read at once would
 * only push out what others read, and the pages that the kernel has to find for it can cost more than the disk (up to 3 s a
 * gigabyte on a virtual machine whose host hands out memory late). Where system, file system or memory do not allow it, it is
 * written as usual.
 */
import { closeSync, constants, fsyncSync, openSync, writeSync } from 'node:fs';

/** Bytes that go to the disk in one call. */
const BUFFER_BYTES = 8 * 1024 * 1024;
/** Offsets and lengths past the page cache are multiples of it; disks ask for 512 or 4,096. */
const BLOCK_BYTES = 4096;
const WASM_PAGE_BYTES = 65_536;

/** In no library of types but the browser's. */
declare const WebAssembly: {
  readonly Memory: new (limits: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
};

/** Methods throw the file system's error. */
export class DirectFile {
  private readonly path: string;
  private readonly buffer = alignedBuffer();
  private used = 0;
  /** Bytes on the disk. */
  private position = 0;
  private fd: number;
  private isDirect = true;

  /** Creates the file or empties it. */
  constructor(path: string) {
    this.path = path;
    const { O_CREAT, O_TRUNC, O_WRONLY, O_DIRECT } = constants;
    const flags = O_CREAT | O_TRUNC | O_WRONLY;
    try {
      // Systems that know no O_DIRECT have nothing there, which adds nothing.
      this.fd = openSync(path, flags | O_DIRECT);
    } catch (error) {
      if (!isInvalid(error)) throw error;
      this.fd = openSync(path, flags);
      this.isDirect = false;
    }
  }

  write(bytes: Uint8Array): void {
    const { buffer } = this;
    for (let from = 0; from < bytes.length; ) {
      const part = bytes.subarray(from, from + buffer.length - this.used);
      buffer.set(part, this.used);
      this.used += part.length;
      from += part.length;
      if (this.used === buffer.length) this.flush();
    }
  }

  /** Makes durable what was written; the last call, because the end of the file is no whole block. */
  sync(): void {
    this.flush();
    fsyncSync(this.fd);
  }

  close(): void {
    closeSync(this.fd);
  }

  private flush(): void {
    for (let from = 0; from < this.used; ) {
      const left = this.used - from;
      const length = this.isDirect ? left - (left % BLOCK_BYTES) : left;
      const written = length === 0 ? 0 : this.attempt(from, length);
      from += written;
      this.position += written;
      if (this.isDirect && (written === 0 || written % BLOCK_BYTES !== 0)) this.leaveDirect();
    }
    this.used = 0;
  }

  /** Bytes written; 0 when the disk does not take them past the page cache. */
  private attempt(from: number, length: number): number {
    try {
      return writeSync(this.fd, this.buffer, from, length, this.position);
    } catch (error) {
      if (this.isDirect && isInvalid(error)) return 0;
      throw error;
    }
  }

  private leaveDirect(): void {
    const fd = openSync(this.path, 'r+');
    closeSync(this.fd);
    this.fd = fd;
    this.isDirect = false;
  }
}

/** Memory that begins with a page, as disks want it: nothing else in Node says where its memory lies. */
function alignedBuffer(): Uint8Array {
  try {
    return new Uint8Array(new WebAssembly.Memory({ initial: BUFFER_BYTES / WASM_PAGE_BYTES }).buffer);
  } catch {
    // It takes much address space, which can be limited (ulimit -v).
    return new Uint8Array(BUFFER_BYTES);
  }
}

function isInvalid(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EINVAL';
}
