/**
 * One interface over the time in which links and capture programs come and go: it starts the program, starts it again, later each
 * time, when it ends, and says whether it listens at the moment.
 */
import type { Log } from '@noroshi/kit/log.ts';
import { backoff_ms } from '@noroshi/kit/retry.ts';
import type { MeterReading } from './capture-meter.ts';
import type { LinkState } from './link.ts';
import type { RecordRuns } from './record-runs.ts';

const BACKOFF = { first_ms: 1000, max_ms: 60_000 };
/** A program that ran so long was no failed start. */
const WELL_MS = 60_000;

/** What a port needs of a running capture program. */
export interface Child {
  readonly runs: RecordRuns;
  readonly state: 'starting' | 'listening' | 'ended';
  readonly ending: string;
  readonly reading: MeterReading;
  ask(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** Packets that nobody could read, by reason. */
export interface Lost {
  /** The kernel's buffer was full. */
  kernel: number;
  /** The network card or its driver says that it dropped them. */
  interface: number;
  /** The program had them when it ended otherwise than asked. */
  capture_ended: number;
}

/** One run of the program, for as long as something of it is left. */
export class Stream {
  readonly number: number;
  readonly child: Child;
  /** What was told of the counters before. */
  private told: Lost = { kernel: 0, interface: 0, capture_ended: 0 };

  constructor(number: number, child: Child) {
    this.number = number;
    this.child = child;
  }

  /** Packets lost since the last call. */
  takeLost(): Lost {
    const { droppedByKernel, droppedByInterface } = this.child.reading;
    const now: Lost = { kernel: droppedByKernel, interface: droppedByInterface, capture_ended: this.missing() };
    const before = this.told;
    this.told = now;
    return {
      kernel: Math.max(0, now.kernel - before.kernel),
      interface: Math.max(0, now.interface - before.interface),
      capture_ended: Math.max(0, now.capture_ended - before.capture_ended),
    };
  }

  /** Packets that the program had by its last word, and that never came; known once it has ended and everything was taken. */
  private missing(): number {
    const { runs, state, reading } = this.child;
    if (state !== 'ended' || runs.bytes > 0) return 0;
    return Math.max(0, reading.received - reading.droppedByKernel - runs.packets - runs.leftOut);
  }
}

export interface PortOptions {
  readonly interface: string;
  readonly prefixes: readonly string[];
  readonly log: Log;
  readonly monotonic_ms: () => number;
  readonly random: () => number;
  readonly link: (name: string) => LinkState;
  /** Starts the program; rejects when it cannot be started. */
  readonly start: (interface_: string, prefixes: readonly string[]) => Promise<Child>;
  /** A number that no stream of the sensor has had. */
  readonly nextStream: () => number;
}

export class Port {
  readonly name: string;
  readonly prefixes: readonly string[];
  isListening = false;
  /** Times that the program was started; those that were not the first count as restarts. */
  starts = 0;
  /** The runs of the program that are not used up, oldest first. */
  readonly streams: Stream[] = [];
  private readonly options: PortOptions;
  private current: Stream | undefined;
  private link: LinkState = 'up';
  private failures = 0;
  private began_ms = 0;
  private notBefore_ms = Number.NEGATIVE_INFINITY;
  private isStarting = false;
  private isStopping = false;

  constructor(options: PortOptions) {
    this.options = options;
    this.name = options.interface;
    this.prefixes = options.prefixes;
  }

  /** Looks how it stands and does what is due. */
  look(): void {
    // Absent is what sysfs says, which in a container may be another one's: there the program's own word counts.
    const link = this.options.link(this.name);
    if (link !== this.link) this.changeLink(link);
    // Not a capture any more: ended here, started again below.
    if (this.current?.child.runs.isDamaged === true) void this.current.child.stop();
    if (this.current?.child.state === 'ended') this.lose(this.current);
    const wasListening = this.isListening;
    this.isListening = !this.isStopping && link !== 'down' && this.current?.child.state === 'listening';
    if (this.isListening && !wasListening) {
      this.options.log.info('listening', `Listening on ${this.name}`, { interface: this.name });
    }
    if (this.current === undefined && !this.isStarting && !this.isStopping) this.startWhenDue();
  }

  /** Ends the program in order. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.current?.child.stop();
    this.isListening = false;
  }

  private changeLink(link: LinkState): void {
    const { log } = this.options;
    const values = { interface: this.name };
    this.link = link;
    if (link === 'up') {
      log.info('link_up', `${this.name} is up`, values);
      // What failed because it was away works now.
      this.failures = 0;
      this.notBefore_ms = Number.NEGATIVE_INFINITY;
    } else if (link === 'down') log.warning('link_down', `${this.name} is down: nobody listens there`, values);
    else log.warning('link_absent', `The kernel shows no interface ${this.name}`, values);
  }

  private lose(stream: Stream): void {
    const { log, monotonic_ms, random } = this.options;
    this.current = undefined;
    if (this.isStopping) return;
    if (monotonic_ms() - this.began_ms >= WELL_MS) this.failures = 0;
    const pause_ms = backoff_ms(this.failures++, BACKOFF, random);
    this.notBefore_ms = monotonic_ms() + pause_ms;
    const message = `Cannot capture on ${this.name}: the program ended (${stream.child.ending}); it is started again`;
    log.warning('capture_ended', message, { interface: this.name, pause_ms });
  }

  private startWhenDue(): void {
    const { monotonic_ms } = this.options;
    if (monotonic_ms() < this.notBefore_ms) return;
    this.isStarting = true;
    void this.start().finally(() => {
      this.isStarting = false;
    });
  }

  /** Never rejects. */
  private async start(): Promise<void> {
    const { start, nextStream, monotonic_ms, log, random } = this.options;
    this.began_ms = monotonic_ms();
    try {
      const child = await start(this.name, this.prefixes);
      this.current = new Stream(nextStream(), child);
      this.streams.push(this.current);
      this.starts++;
      if (this.isStopping) await child.stop();
    } catch (error) {
      const pause_ms = backoff_ms(this.failures++, BACKOFF, random);
      this.notBefore_ms = monotonic_ms() + pause_ms;
      const state = error instanceof Error ? error.message : String(error);
      log.error('capture_failed', `Cannot capture on ${this.name}: ${state}`, { interface: this.name, pause_ms });
    }
  }
}
