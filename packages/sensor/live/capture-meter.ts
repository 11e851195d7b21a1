/**
 * What a capture program says of itself on standard error, line by line:
 *
 *   tcpdump, at its start     tcpdump: listening on eth1, link-type EN10MB (Ethernet), snapshot length 512 bytes
 *   tcpdump, at SIGUSR1       tcpdump: 3 packets captured, 3 packets received by filter, 0 packets dropped by kernel
 *   tcpdump, at its end       the same figures on a line each, and `0 packets dropped by interface` when there were any
 *   dumpcap, at its start     Capturing on 'eth1'
 *   dumpcap, at its end       Packets received/dropped on interface 'eth1': 1/0 (pcap:0/dumpcap:0/flushed:0/ps_ifdrop:0) (100.0%)
 *
 * On Linux `received by filter` counts what the kernel dropped as well (packet(7), PACKET_STATISTICS).
 */

/** What became of packets that the program was to capture, since it started. */
export interface MeterReading {
  /** Handed to us. */
  readonly captured: number;
  /** Passed the filter: captured, dropped by the kernel, or still on their way. */
  readonly received: number;
  readonly droppedByKernel: number;
  /** Lost by the network card or its driver, whatever they were. */
  readonly droppedByInterface: number;
}

const PATTERNS = {
  captured: /(\d+) packets? captured/,
  received: /(\d+) packets? received by filter/,
  droppedByKernel: /(\d+) packets? dropped by kernel/,
  droppedByInterface: /(\d+) packets? dropped by interface/,
} as const;
const DUMPCAP =
  /received\/dropped on interface .*: (\d+)\/(\d+) \(pcap:(\d+)\/dumpcap:(\d+)\/flushed:(\d+)\/ps_ifdrop:(\d+)\)/;
const LISTENING = /^(tcpdump: listening on |Capturing on )/;
const SILENT = /^(File: |Packets: |Packets captured: |tcpdump: verbose output suppressed|tcpdump: data link type)/;

/** What a line was: the program listens from now on; its counters; nothing new; or words for an operator. */
export type LineKind = 'listening' | 'counters' | 'nothing' | 'words';

export class CaptureMeter {
  reading: MeterReading = { captured: 0, received: 0, droppedByKernel: 0, droppedByInterface: 0 };

  /** Never throws, whatever the line is. */
  take(line: string): LineKind {
    if (LISTENING.test(line)) return 'listening';
    const found = DUMPCAP.exec(line);
    if (found !== null) {
      const [received, , byPcap, byDumpcap, , byInterface] = found.slice(1).map(Number);
      // Dumpcap's `received` are the packets written; its own queue may lose some as well.
      const droppedByKernel = byPcap + byDumpcap;
      this.reading = {
        captured: received,
        received: received + droppedByKernel,
        droppedByKernel,
        droppedByInterface: byInterface,
      };
      return 'counters';
    }
    const entries = Object.entries(PATTERNS).flatMap(([key, pattern]) => {
      const count = pattern.exec(line)?.[1];
      return count === undefined ? [] : [[key, Number(count)] as const];
    });
    if (entries.length > 0) {
      this.reading = { ...this.reading, ...Object.fromEntries(entries) };
      return 'counters';
    }
    return line.trim() === '' || SILENT.test(line) ? 'nothing' : 'words';
  }
}

/** A line without anything that could be an address: what a program says may hold those that are secret. */
export function withoutAddresses(line: string): string {
  return line
    .replaceAll(/\b\d{1,3}(\.\d{1,3}){3}(\/\d{1,3})?\b/g, '<address>')
    .replaceAll(/[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,}(%\w+)?(\/\d{1,3})?/gi, '<address>');
}
