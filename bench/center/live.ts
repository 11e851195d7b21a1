/** From a packet to the figure that shows it, live: `noroshi start` with a day of history, listened to for some minutes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LiveMinute } from '@noroshi/wire/api/live.ts';
import { CLI, NODE } from '../tools.ts';

const MINUTES = 3;
/** A minute is awaited for so long. */
const PATIENCE_MS = 5 * 60_000;

export interface LiveRow {
  /** From the beginning of the minute, when its first packet may have come, until the event with its figures was here; seconds. */
  readonly lags_s: readonly number[];
}

export async function measureLive(folder: string): Promise<LiveRow> {
  const args = [CLI, 'start', '--port', '0', '--days', '1', '--state', join(folder, 'live')];
  const child = spawn(NODE, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const over = AbortSignal.timeout(PATIENCE_MS);
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      child.stdout.on('data', (part: Buffer) => {
        said += part.toString();
        const found = /running: (\S+)/.exec(said)?.[1];
        if (found !== undefined) resolve(found);
      });
      child.on('close', () => reject(new Error(`Cannot start: ${said}`)));
    });
    return { lags_s: await listen(`${url}/v1/live/events?feed=simulation`, over) };
  } finally {
    child.kill('SIGINT');
    await ended;
  }
}

/** Minutes of the past come late and do not count: only those that were running when we began to listen, or later. */
async function listen(url: string, over: AbortSignal): Promise<number[]> {
  const begun_ms = Date.now();
  const lags = new Map<number, number>();
  const answer = await fetch(url, { signal: over });
  let rest = '';
  for await (const part of (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    const lines = (rest + part).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data: {"minute_ms"')) continue;
      const { minute_ms } = JSON.parse(line.slice(6)) as LiveMinute;
      if (minute_ms + 60_000 > begun_ms && !lags.has(minute_ms)) lags.set(minute_ms, (Date.now() - minute_ms) / 1000);
    }
    if (lags.size >= MINUTES) break;
  }
  return [...lags.values()];
}
