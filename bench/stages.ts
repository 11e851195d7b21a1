/**
 * One stage of our work and all before it over a capture, in a process of its own so that the compiler sees only that:
 *
 *     node bench/stages.ts hop capture.pcap           {"packets":1000000,"ns":12.3}: nanoseconds a packet
 *
 * stage-table.ts runs them all and shows what each one adds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FlowStage } from '@noroshi/sensor/flow/stage.ts';
import { FlowFile, GroupEncoder } from '@noroshi/sensor/segment/flow-file.ts';
import { MergedSource } from '@noroshi/sensor/source/merge.ts';
import type { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import { classify, Verdict } from '@noroshi/wire/classify/classify.ts';
import { Packet } from '@noroshi/wire/net/packet.ts';
import { walk } from '@noroshi/wire/net/walk.ts';

interface Work {
  readonly take: (reader: CaptureReader) => void;
  /** Before the reader's buffer changes. */
  readonly release?: () => void;
  readonly close?: () => void;
}

/** Each does what the one before does, and more. */
const STAGES: Record<string, (capture: string) => Work> = {
  hop,
  walk: walkOnly,
  classify: walkAndClassify,
  table,
  parquet,
};

function hop(): Work {
  return { take: () => {} };
}

function walkOnly(): Work {
  const packet = new Packet();
  return { take: (reader) => walk(packet, reader.data, reader.at, reader.end, reader.link) };
}

function walkAndClassify(): Work {
  const packet = new Packet();
  const verdict = new Verdict();
  const take = (reader: CaptureReader): void => {
    walk(packet, reader.data, reader.at, reader.end, reader.link);
    classify(verdict, packet, reader.data);
  };
  return { take };
}

function table(): Work {
  return workOf(new FlowStage(() => {}));
}

/** Into a file beside the capture, as `noroshi flows` does with one worker. */
function parquet(capture: string): Work {
  const directory = mkdtempSync(join(dirname(capture), 'stage-'));
  const file = new FlowFile(join(directory, 'flows.parquet'));
  const encoder = new GroupEncoder('none');
  const work = workOf(new FlowStage((store) => file.add(encoder.encode(store))));
  const close = (): void => {
    work.close?.();
    file.abandon();
    rmSync(directory, { recursive: true });
  };
  return { ...work, close };
}

function workOf(stage: FlowStage): Work {
  return { take: (reader) => stage.takeOne(reader), release: () => stage.release(), close: () => stage.close() };
}

async function measure({ take, release, close }: Work, capture: string): Promise<{ packets: number; ns: number }> {
  const source = await MergedSource.open([capture]);
  const start_ms = performance.now();
  let packets = 0;
  for (let reader = source.next(); reader !== undefined; reader = source.next()) {
    if (reader === null) {
      release?.();
      await source.refill();
      continue;
    }
    packets++;
    take(reader);
  }
  close?.();
  source.close();
  return { packets, ns: ((performance.now() - start_ms) * 1e6) / packets };
}

const [name = '', capture = ''] = process.argv.slice(2);
const stage = STAGES[name];
if (stage === undefined) {
  console.error(`Cannot run stage "${name}": it is none of ${Object.keys(STAGES).join(', ')}`);
  process.exitCode = 2;
} else console.log(JSON.stringify(await measure(stage(capture), capture)));
