/** How a live sensor stands: a line in the log now and then, and figures for Prometheus. */
import { renameSync, writeFileSync } from 'node:fs';
import type { Log } from '@noroshi/kit/log.ts';
import { Metrics } from '@noroshi/kit/metrics.ts';
import type { SensorProgress } from '../main.ts';
import { wordsOf } from './live-error.ts';
import type { LiveFeed } from './live-feed.ts';
import type { Port } from './port.ts';
import type { SensorConfig } from './sensor-config.ts';

const METRICS_MS = 15_000;

interface Sums {
  readonly received: number;
  readonly dropped: number;
}

export class Standing {
  private readonly ports: readonly Port[];
  private readonly feed: LiveFeed;
  private readonly log: Log;
  private readonly metrics: Metrics;
  private readonly timers: NodeJS.Timeout[] = [];
  private progress: SensorProgress | undefined;
  private before: Sums = { received: 0, dropped: 0 };

  constructor(config: SensorConfig, ports: readonly Port[], feed: LiveFeed, log: Log) {
    this.ports = ports;
    this.feed = feed;
    this.log = log;
    this.metrics = this.measures();
    this.timers.push(setInterval(() => this.tell(config.log.status_ms), config.log.status_ms));
    const { metrics_file } = config;
    if (metrics_file !== undefined) this.timers.push(setInterval(() => this.write(metrics_file), METRICS_MS));
  }

  take(progress: SensorProgress): void {
    this.progress = progress;
  }

  end(): void {
    for (const timer of this.timers) clearInterval(timer);
    const { received, dropped } = this.sums();
    const waiting = this.progress?.waiting ?? 0;
    const rest = waiting === 0 ? 'nothing waits' : `${waiting} segments wait for the next start`;
    this.log.info('end', `Captured ${received} packets, ${dropped} were lost; ${rest}`, { received, dropped, waiting });
  }

  private tell(period_ms: number): void {
    const now = this.sums();
    const { before } = this;
    this.before = now;
    const listening = this.ports.filter(({ isListening }) => isListening).length;
    const { waiting = 0, waiting_bytes = 0, status } = this.progress ?? {};
    const message = [
      `${now.received - before.received} packets in ${period_ms / 1000} s, ${now.dropped - before.dropped} lost`,
      `${listening} of ${this.ports.length} interfaces listen`,
      status?.trouble === undefined ? `${waiting} segments wait` : `${waiting} segments wait: ${status.trouble}`,
    ].join('; ');
    this.log.info('status', message, {
      received: now.received,
      dropped: now.dropped,
      filtered: this.filtered(),
      waiting,
      waiting_bytes,
      sent: (status?.stored ?? 0) + (status?.duplicate ?? 0),
      resident_mebibytes: Math.round(process.memoryUsage.rss() / 2 ** 20),
    });
  }

  private sums(): Sums {
    const { packets, dropped: byReason } = this.feed.counts;
    const dropped = Object.values(byReason).reduce((sum, count) => sum + count, 0);
    return { received: packets + dropped, dropped };
  }

  private filtered(): number {
    const { not_ip, malformed, elsewhere } = this.progress?.counters.filtered ?? {
      not_ip: 0,
      malformed: 0,
      elsewhere: 0,
    };
    return not_ip + malformed + elsewhere;
  }

  private measures(): Metrics {
    const metrics = new Metrics();
    const gauge = (name: string, sentence: string, read: () => number): void => {
      metrics.gauge(`noroshi_sensor_${name}`, sentence, read);
    };
    gauge('received_packets', 'Packets captured and lost since the start.', () => this.sums().received);
    gauge('dropped_packets', 'Packets lost before they could be read, since the start.', () => this.sums().dropped);
    gauge('filtered_packets', 'Packets that are not the telescope’s, since the start.', () => this.filtered());
    gauge('listening_interfaces', 'Interfaces that listen now.', () => {
      return this.ports.filter(({ isListening }) => isListening).length;
    });
    gauge('capture_starts', 'Times that a capture program was started.', () => {
      return this.ports.reduce((sum, { starts }) => sum + starts, 0);
    });
    gauge('clock_steps', 'Steps of the wall clock since the start.', () => this.feed.counts.clockSteps);
    gauge('waiting_segments', 'Segments that wait for the center.', () => this.progress?.waiting ?? 0);
    gauge('waiting_bytes', 'Their bytes.', () => this.progress?.waiting_bytes ?? 0);
    gauge('sent_segments', 'Segments that the center has taken since the start.', () => {
      return (this.progress?.status.stored ?? 0) + (this.progress?.status.duplicate ?? 0);
    });
    gauge('resident_bytes', 'Memory of this process.', () => process.memoryUsage.rss());
    return metrics;
  }

  /** Whoever reads the file finds a whole one. */
  private write(file: string): void {
    try {
      writeFileSync(`${file}.part`, this.metrics.render());
      renameSync(`${file}.part`, file);
    } catch (error) {
      this.log.warning('metrics', `Cannot write ${file}: ${wordsOf(error)}`);
    }
  }
}
