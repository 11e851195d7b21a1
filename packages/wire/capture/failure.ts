/** Why a capture cannot be read further. A failure is data: what, at which byte of the (decompressed) stream, how much. */
export const FAILURES = {
  empty: 'the file is empty',
  format: 'not a capture: neither pcap, pcapng nor ERF',
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
  /** Byte of the decompressed stream where the unreadable record or block begins. */
  readonly offset: number;
  /** What exactly, without the offset: `record claims 1409179648 captured bytes, the limit is 262144`. */
  readonly detail: string;
}

/** `the file ends inside a record at byte 4711: had 3 of 16 bytes`. */
export function describeFailure(failure: CaptureFailure): string {
  return `${FAILURES[failure.kind]} at byte ${failure.offset}: ${failure.detail}`;
}
