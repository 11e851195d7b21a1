/**
 * One line per event: when, how grave, which part of the program, what kind of event, one sentence, named values.
 *
 *     2026-01-02T03:04:05.678Z warning center/ingest refused: Cannot take a segment: its digest differs  sensor=tokyo-1
 *     {"time":"2026-01-02T03:04:05.678Z","level":"warning","part":"center/ingest","kind":"refused","message":…,"sensor":…}
 *
 * A kind that repeats is written LINES_PER_WINDOW_MAX times in WINDOW_MS; the next line of that kind says how many were left
 * out. Kinds are words of the code, never foreign text; foreign text may stand in values, where it is escaped and cut.
 */

/** From chatter to what somebody must look at. */
export const LEVELS = ['debug', 'info', 'warning', 'error'] as const;
export type Level = (typeof LEVELS)[number];
export type LogFormat = 'human' | 'json';
export type LogValues = Readonly<Record<string, string | number | boolean | null | undefined>>;

export const WINDOW_MS = 60_000;
export const LINES_PER_WINDOW_MAX = 20;
/** Kinds with a window of their own; further ones share one. */
const KINDS_MAX = 1024;
/** Longest text of a sentence or a value, UTF-16 units. */
const TEXT_CHARS_MAX = 1000;

type Write = (kind: string, message: string, values?: LogValues) => void;

export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warning: Write;
  readonly error: Write;
  /** The same log, its lines named `<this part>/<part>`. */
  named(part: string): Log;
  /** Writes how many lines are being left out at this moment: for the end of the program. */
  flush(): void;
}

export interface LogOptions {
  /** Name of the part of the program, e.g. `center`. */
  readonly part: string;
  /** Less grave events are left out. Default `info`. */
  readonly level?: Level;
  readonly format?: LogFormat;
  /** Gets whole lines, each with its line break. */
  readonly write: (line: string) => void;
  readonly now_ms: () => number;
}

interface Window {
  part: string;
  kind: string;
  from_ms: number;
  lines: number;
  leftOut: number;
}

export function createLog(options: LogOptions): Log {
  return logOf(options, options.part, new Map());
}

function logOf(options: LogOptions, part: string, windows: Map<string, Window>): Log {
  const { level: least = 'info', now_ms, write } = options;
  const line = options.format === 'json' ? jsonLine : humanLine;
  const writer = (level: Level): Write => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return () => {};
    return (kind, message, values = {}) => {
      const now = now_ms();
      const left_out = admit(windows, part, kind, now);
      if (left_out === undefined) return;
      write(line(now, level, part, kind, message, left_out === 0 ? values : { ...values, left_out }));
    };
  };
  return {
    debug: writer('debug'),
    info: writer('info'),
    warning: writer('warning'),
    error: writer('error'),
    named: (inner) => logOf(options, `${part}/${inner}`, windows),
    flush: () => {
      for (const window of windows.values()) {
        if (window.leftOut === 0) continue;
        const message = 'lines of this kind were left out';
        write(line(now_ms(), 'info', window.part, window.kind, message, { left_out: window.leftOut }));
        window.leftOut = 0;
      }
    },
  };
}

/** The number of lines left out before this one, or undefined when this one is to be left out as well. */
function admit(windows: Map<string, Window>, part: string, kind: string, now_ms: number): number | undefined {
  const key = windows.size < KINDS_MAX || windows.has(`${part} ${kind}`) ? `${part} ${kind}` : '';
  const window = windows.get(key) ?? { part, kind, from_ms: now_ms, lines: 0, leftOut: 0 };
  windows.set(key, window);
  // A clock that stepped back begins a new window: silence until it has caught up would be worse than more lines.
  const isOver = now_ms - window.from_ms >= WINDOW_MS || now_ms < window.from_ms;
  if (isOver) Object.assign(window, { from_ms: now_ms, lines: 0 });
  if (window.lines >= LINES_PER_WINDOW_MAX) {
    window.leftOut += 1;
    return undefined;
  }
  window.lines += 1;
  const { leftOut } = window;
  window.leftOut = 0;
  return leftOut;
}

type Line = (now_ms: number, level: Level, part: string, kind: string, message: string, values: LogValues) => string;

const jsonLine: Line = (now_ms, level, part, kind, message, values) => {
  const cutValues = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'string' ? cut(value) : value,
  ]);
  const head = { time: new Date(now_ms).toISOString(), level, part, kind, message: cut(message) };
  return `${JSON.stringify({ ...Object.fromEntries(cutValues), ...head })}\n`;
};

const humanLine: Line = (now_ms, level, part, kind, message, values) => {
  const shown = Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const text = typeof value === 'string' ? safe(value) : String(value);
    return [`${name}=${/^[^\s"=]+$/.test(text) ? text : JSON.stringify(text)}`];
  });
  const tail = shown.length === 0 ? '' : `  ${shown.join(' ')}`;
  return `${new Date(now_ms).toISOString()} ${level} ${part} ${kind}: ${safe(message)}${tail}\n`;
};

function cut(text: string): string {
  return text.length <= TEXT_CHARS_MAX ? text : `${text.slice(0, TEXT_CHARS_MAX)}…`;
}

/** No control character, no line break and no change of writing direction reaches a terminal. */
function safe(text: string): string {
  return cut(text).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** A log that writes nothing: for callers that do not want one. */
export const SILENT: Log = createLog({ part: '', write: () => {}, now_ms: () => 0 });
