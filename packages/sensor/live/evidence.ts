/**
 * Cuts from raw captures the packets behind a finding: those that its subject sent, and the ICMP errors that quote packets to it, of
 * one service where it is known, within its time. The packets stay as they were captured; a manifest says what was done.
 */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { classify, Verdict } from '@noroshi/wire/classify/classify.ts';
import type { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import { PCAP_HEADER_BYTES, PCAP_RECORD_BYTES, writePcapHeader, writePcapRecord } from '@noroshi/wire/capture/pcap.ts';
import { Packet } from '@noroshi/wire/net/packet.ts';
import { type Prefix, prefixOf } from '@noroshi/wire/net/prefix.ts';
import { walk } from '@noroshi/wire/net/walk.ts';
import { MergedSource } from '../source/merge.ts';
import { isInPrefix, type Wanted } from './wanted.ts';

/** Packets between two breaths: others want to run as well. */
const BREATH_PACKETS = 16_384;
/** Link types of one cut; a sensor has as many as its interfaces differ. */
const FILES_MAX = 16;
const SNAP_BYTES = 262_144;

export interface EvidenceFile {
  readonly file: string;
  /** LINKTYPE number of all its packets (https://www.tcpdump.org/linktypes.html). */
  readonly link: number;
  readonly packets: number;
  readonly bytes: number;
  readonly sha256: string;
}

export interface EvidenceCut {
  readonly files: readonly EvidenceFile[];
  readonly read: number;
  readonly matched: number;
  /** Epoch seconds with a fraction of the first and the last packet that matched; null without any. */
  readonly first: number | null;
  readonly last: number | null;
  /** Captures that ended early, with the reason; what stood before was read. */
  readonly damage: readonly { readonly file: string; readonly kind: string; readonly offset: number }[];
}

/**
 * Writes what is wanted from the captures into `out`, packets of further link types into `<out>.<link>.pcap` beside it. Nothing is left
 * under these names when it fails. Throws the file system's errors.
 */
export async function cutEvidence(paths: readonly string[], wanted: Wanted, out: string): Promise<EvidenceCut> {
  const matcher = new Matcher(wanted);
  const outputs = new Map<number, PcapOutput>();
  const source = await MergedSource.open(paths);
  let read = 0;
  let matched = 0;
  let [first, last]: (number | null)[] = [null, null];
  try {
    for (;;) {
      const reader = source.next();
      if (reader === undefined) break;
      if (reader === null) {
        await source.refill();
        continue;
      }
      if (++read % BREATH_PACKETS === 0) await turn();
      if (!matcher.wants(reader)) continue;
      outputFor(outputs, reader.link, out).add(reader);
      matched++;
      const time = reader.seconds + reader.nanoseconds / 1e9;
      first = first === null ? time : Math.min(first, time);
      last = last === null ? time : Math.max(last, time);
    }
    const files = [...outputs.values()].map((output) => output.finish());
    const damage = source.damage.map(({ input, kind, offset }) => ({ file: basename(input), kind, offset }));
    return { files, read, matched, first, last, damage };
  } catch (error) {
    for (const output of outputs.values()) output.abandon();
    throw error;
  } finally {
    source.close();
  }
}

class Matcher {
  private readonly wanted: Wanted;
  private readonly prefix: Prefix | undefined;
  private readonly packet = new Packet();
  private readonly verdict = new Verdict();

  constructor(wanted: Wanted) {
    this.wanted = wanted;
    this.prefix = wanted.subject === undefined ? undefined : prefixOf(wanted.subject);
  }

  wants(reader: CaptureReader): boolean {
    const { from_ms, to_ms } = this.wanted;
    const time_ms = reader.seconds * 1000 + reader.nanoseconds / 1e6;
    if (time_ms < from_ms || time_ms >= to_ms) return false;
    const { packet, verdict, prefix } = this;
    walk(packet, reader.data, reader.at, reader.end, reader.link);
    classify(verdict, packet, reader.data);
    if (packet.net === 0) return false;
    if (prefix !== undefined) {
      const { quotedNet, quotedDst0, quotedDst1, quotedDst2, quotedDst3, net, src0, src1, src2, src3 } = packet;
      if (quotedNet !== 0 && isInPrefix(prefix, quotedNet, quotedDst0, quotedDst1, quotedDst2, quotedDst3)) {
        return this.isService(packet.quotedProto, packet.quotedDport);
      }
      if (!isInPrefix(prefix, net, src0, src1, src2, src3)) return false;
    }
    return this.isService(packet.proto, verdict.servicePort);
  }

  private isService(proto: number, port: number): boolean {
    const { service } = this.wanted;
    if (service === undefined) return true;
    return service.proto === proto && (service.port === undefined || service.port === port);
  }
}

function outputFor(outputs: Map<number, PcapOutput>, link: number, out: string): PcapOutput {
  let output = outputs.get(link);
  if (output === undefined) {
    if (outputs.size >= FILES_MAX) throw new RangeError(`Cannot cut evidence: more than ${FILES_MAX} link types`);
    output = new PcapOutput(outputs.size === 0 ? out : `${out.replace(/\.pcap$/, '')}.${link}.pcap`, link);
    outputs.set(link, output);
  }
  return output;
}

/** A pcap file of one link type, nanoseconds, digested as it is written. */
class PcapOutput {
  private readonly path: string;
  private readonly part: string;
  private readonly link: number;
  private readonly fd: number;
  private readonly hash: Hash = createHash('sha256');
  private readonly head = new DataView(new ArrayBuffer(PCAP_RECORD_BYTES));
  private packets = 0;
  private bytes = 0;

  constructor(path: string, link: number) {
    this.path = path;
    this.part = `${path}.part`;
    this.link = link;
    this.fd = openSync(this.part, 'w', 0o600);
    const header = new DataView(new ArrayBuffer(PCAP_HEADER_BYTES));
    writePcapHeader(header, 0, { littleEndian: true, unit_ns: 1, link, snapBytes: SNAP_BYTES });
    this.write(new Uint8Array(header.buffer));
  }

  add({ bytes, at, end, seconds, nanoseconds, wireBytes }: CaptureReader): void {
    writePcapRecord(this.head, 0, true, seconds, nanoseconds, end - at, wireBytes);
    this.write(new Uint8Array(this.head.buffer));
    this.write(bytes.subarray(at, end));
    this.packets++;
  }

  finish(): EvidenceFile {
    fsyncSync(this.fd);
    closeSync(this.fd);
    renameSync(this.part, this.path);
    const { path, link, packets, bytes } = this;
    return { file: basename(path), link, packets, bytes, sha256: this.hash.digest('hex') };
  }

  abandon(): void {
    rmSync(this.part, { force: true });
    rmSync(this.path, { force: true });
  }

  private write(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) from += writeSync(this.fd, bytes, from, bytes.length - from);
    this.hash.update(bytes);
    this.bytes += bytes.length;
  }
}
