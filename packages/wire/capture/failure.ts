/** Why a capture cannot be read further. A failure is data: what, at which byte of the (decompressed) stream, how much. */
export const FAILURES = {
  empty: 'the file is empty',
  format: 'it is neither pcap, pcapng nor ERF',
  version: 'unsupported format version',
  cut: 'the file ends inside a record',
  record: 'a record claims an impossible length',
  block: 'a block is malformed',
  interface: 'a packet names an interface that was not described',
  limit: 'a limit was reached',
  stream: 'the compressed stream is damaged',
  input: 'the input could not be read',
} as const;
export type FailureKind = keyof typeof FAILURES;

export interface CaptureFailure {
  readonly kind: FailureKind;
  /** Byte where the unreadable record or block begins, of the decompressed stream; with `stream`, of the compressed one. */
  readonly offset: number;
  /** The offset counts bytes that nobody sees in the file: those of what it unpacks to. */
  readonly isOfUnpacked?: true;
  /** What exactly, without the offset: `record claims 1409179648 captured bytes, the limit is 262144`. */
  readonly detail: string;
}

/** True when nothing says that it ever was a capture, rather than that one was damaged. */
export function isNoCapture({ kind }: CaptureFailure): boolean {
  return kind === 'empty' || kind === 'format' || kind === 'version';
}

/** `the file ends inside a record at byte 4711: had 3 of 16 bytes`. */
export function describeFailure(failure: CaptureFailure): string {
  const { kind, offset, detail, isOfUnpacked = false } = failure;
  if (kind === 'empty') return FAILURES.empty;
  if (isNoCapture(failure)) return `${FAILURES[kind]} (${detail})`;
  // A capture's first bytes are the header of the file.
  if (kind === 'cut' && offset === 0) return `the file ends inside its header: ${detail}`;
  return `${FAILURES[kind]} at byte ${offset}${isOfUnpacked ? ' of what it unpacks to' : ''}: ${detail}`;
}
