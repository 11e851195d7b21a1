/**
 * One run of a capture program: its packets as runs of records, its counters, for which it is asked by a signal, its end.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { CaptureMeter, type MeterReading, withoutAddresses } from './capture-meter.ts';
import { RecordRuns } from './record-runs.ts';

/** Bytes that wait for us; beyond, the program waits, and then the kernel counts what it drops. */
const WAITING_BYTES_MAX = 8 * 1024 * 1024;
/** Lines of standard error that are kept for the sentence about the end, and the longest of them. */
const LINES_MAX = 5;
const LINE_CHARS_MAX = 300;
/** A program that was asked to end and does not is killed. */
const END_MS_MAX = 3000;

export interface ChildOptions {
  readonly path: string;
  readonly arguments: readonly string[];
  /** Tells its counters at SIGUSR1. */
  readonly takesSignals: boolean;
  /** Called whenever there is something new. */
  readonly onChange: () => void;
}

export class CaptureChild {
  readonly runs = new RecordRuns();
  /** `starting` until the program says that it listens; `ended` when everything it wrote has come. */
  state: 'starting' | 'listening' | 'ended' = 'starting';
  /** Why it ended, in words; '' before. */
  ending = '';
  private readonly meter = new CaptureMeter();
  private readonly options: ChildOptions;
  private readonly process: ChildProcessByStdio<null, Readable, Readable>;
  private readonly lines: string[] = [];
  private readonly end = Promise.withResolvers<void>();
  private line = '';
  private isAsked = false;

  constructor(options: ChildOptions) {
    this.options = options;
    // A process group of its own: Ctrl-C in a terminal is for us, and we end it in order.
    this.process = spawn(options.path, options.arguments, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
    });
    this.process.stdout.on('data', (chunk: Buffer) => this.take(chunk));
    this.process.stderr.setEncoding('utf8').on('data', (text: string) => this.hear(text));
    this.process.on('error', (error) => this.finish(error.message));
    this.process.on('close', (code, signal) => this.finish(signal ?? `exit code ${code}`));
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** The program's counters as it told them last. */
  get reading(): MeterReading {
    return this.meter.reading;
  }

  /** Asks for the program's counters. */
  ask(): void {
    // Before it listens the signal would end it.
    if (this.state === 'listening' && this.options.takesSignals) this.process.kill('SIGUSR1');
  }

  /** Reads on when enough of what waits has been taken. */
  resume(): void {
    if (this.process.stdout.isPaused() && this.runs.bytes < WAITING_BYTES_MAX / 2) this.process.stdout.resume();
  }

  /** Ends the program in order; resolves when everything it wrote has come. */
  async stop(): Promise<void> {
    if (this.state === 'ended') return;
    this.isAsked = true;
    this.process.kill('SIGINT');
    this.process.stdout.resume();
    const late = setTimeout(() => this.process.kill('SIGKILL'), END_MS_MAX);
    await this.end.promise;
    clearTimeout(late);
  }

  private take(chunk: Buffer): void {
    this.runs.push(chunk);
    if (this.runs.bytes > WAITING_BYTES_MAX && !this.isAsked) this.process.stdout.pause();
    this.options.onChange();
  }

  private hear(text: string): void {
    const parts = (this.line + text).split('\n');
    this.line = (parts.pop() ?? '').slice(0, LINE_CHARS_MAX);
    for (const part of parts) this.read(part);
    this.options.onChange();
  }

  private read(line: string): void {
    const kind = this.meter.take(line);
    if (kind === 'listening' && this.state === 'starting') this.state = 'listening';
    if (kind !== 'words') return;
    this.lines.push(withoutAddresses(line.slice(0, LINE_CHARS_MAX)));
    if (this.lines.length > LINES_MAX) this.lines.shift();
  }

  private finish(how: string): void {
    if (this.state === 'ended') return;
    if (this.line !== '') this.read(this.line);
    this.state = 'ended';
    this.ending = [how, ...this.lines].join('; ');
    this.end.resolve();
    this.options.onChange();
  }
}
