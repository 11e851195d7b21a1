/**
 * Avro object container files (Avro 1.11, "Object Container Files"), written with the codec `null`: a header with the schema, then
 * blocks of records. Whoever writes records knows the schema; here are only the primitive types.
 */
import type { ByteSink } from '../bytes.ts';

/** A block is handed on when it has as many bytes. */
const BLOCK_BYTES = 1 << 16;
/** What is left of the buffer then is more than the longest record: a packet (PACKET_BYTES_MAX of the reader) and its numbers. */
const BUFFER_BYTES = 1 << 19;
const MAGIC = [0x4f, 0x62, 0x6a, 0x01];
/** Sixteen bytes between blocks. They say nothing, and are always the same so that the same packets make the same file. */
const SYNC = 'noroshi.flowavro';

export class AvroFile {
  private readonly sink: ByteSink;
  private readonly bytes = new Uint8Array(BUFFER_BYTES);
  private at = 0;
  private count = 0;

  /** Writes the header. @param schema JSON text */
  constructor(sink: ByteSink, schema: string) {
    this.sink = sink;
    for (const byte of MAGIC) this.bytes[this.at++] = byte;
    this.long(2);
    this.string('avro.codec');
    this.string('null');
    this.string('avro.schema');
    this.string(schema);
    this.long(0);
    this.string(SYNC, false);
    this.hand();
  }

  /** A whole number, 0 … 2⁵³ / 2: an `int` or a `long`, which are written alike. */
  long(value: number): void {
    let rest = value * 2;
    while (rest >= 0x80000000) {
      this.bytes[this.at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 127) {
      this.bytes[this.at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.at++] = rest;
  }

  /** ASCII text. @param hasLength false writes the bytes alone */
  string(text: string, hasLength = true): void {
    if (hasLength) this.long(text.length);
    for (let index = 0; index < text.length; index++) this.bytes[this.at++] = text.charCodeAt(index);
  }

  /** Bytes with their length. */
  blob(bytes: Uint8Array): void {
    this.long(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** A record is whole. */
  endRecord(): void {
    this.count++;
    if (this.at >= BLOCK_BYTES) this.endBlock();
  }

  /** Hands on what is left; the file is whole then. */
  finish(): void {
    if (this.count > 0) this.endBlock();
    this.sink.flush();
  }

  private endBlock(): void {
    const { count, at: size } = this;
    // The two lengths stand in front of the records: written behind them, handed on first.
    this.long(count);
    this.long(size);
    this.sink.append(this.bytes.subarray(size, this.at));
    this.at = size;
    this.count = 0;
    this.string(SYNC, false);
    this.hand();
  }

  private hand(): void {
    this.sink.append(this.bytes.subarray(0, this.at));
    this.at = 0;
  }
}
