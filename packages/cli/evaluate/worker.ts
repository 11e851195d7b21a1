/** A thread of the evaluation: gets jobs, answers with their scores. */
import { parentPort } from 'node:worker_threads';
import { DETECTORS } from '@noroshi/center/detect/detectors/index.ts';
import { type Job, runJob } from './job.ts';
import { limitOf } from './limits.ts';

const port = parentPort;
if (port === null) throw new TypeError('Cannot run jobs: this file is the body of a worker thread');

port.on('message', (job: Job) => {
  runJob(job, DETECTORS, limitOf).then(
    (result) => port.postMessage({ result }),
    (error: unknown) =>
      port.postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
