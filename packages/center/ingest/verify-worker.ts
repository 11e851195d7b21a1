/** A thread that verifies one file after the other, with one buffer. */
import { parentPort } from 'node:worker_threads';
import { BUFFER_BYTES } from './file-source.ts';
import { type VerifyRequest, verifyFile } from './verify.ts';

const buffer = new Uint8Array(BUFFER_BYTES);

parentPort?.on('message', (request: VerifyRequest) => {
  // A worker's port has no origin.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  parentPort?.postMessage(verifyFile(request, buffer));
});
