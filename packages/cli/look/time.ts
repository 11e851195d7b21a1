/** Times and durations. Event time is UTC everywhere; digits come from integers, never from a double. */

/** `1612345678.123456789`: epoch seconds with all nine digits. */
export function epochText(seconds: number, nanoseconds: number): string {
  if (seconds < 0 && nanoseconds > 0) return `-${-seconds - 1}.${nineDigits(1_000_000_000 - nanoseconds)}`;
  return `${seconds}.${nineDigits(nanoseconds)}`;
}

function nineDigits(nanoseconds: number): string {
  // Adding 10⁹ and dropping the leading 1 pads faster than padStart does.
  return String(1_000_000_000 + nanoseconds).slice(1);
}

/** Largest second that a JavaScript date holds. */
const DATE_MAX_S = 8.64e12;

/** `2021-02-03T09:54:38.123456789Z`; null for a time beyond what calendars hold. */
export function isoText(seconds: number, nanoseconds: number): string | null {
  if (Math.abs(seconds) > DATE_MAX_S) return null;
  return `${new Date(seconds * 1000).toISOString().slice(0, -5)}.${nineDigits(nanoseconds)}Z`;
}

/** `2021-02-03 09:54:38`; the number itself beyond what calendars hold. */
export function dateText(seconds: number): string {
  if (Math.abs(seconds) > DATE_MAX_S) return String(seconds);
  return new Date(Math.floor(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

/** `35 ms`, `41 s`, `9.9 min`, `3.2 h`: one unit, for columns. */
export function briefly(seconds: number): string {
  if (seconds < 59.95) return duration(seconds);
  const unit = UNITS.findLast(({ seconds: size }) => seconds < size * 99.95) ?? UNITS[0];
  const value = seconds / unit.seconds;
  return `${value.toFixed(value < 9.95 ? 1 : 0).replace(/\.0$/, '')} ${unit.name}`;
}

const UNITS = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3600 },
  { name: 'min', seconds: 60 },
] as const;

/** `3 d 4 h`, `12 min 5 s`, `4.2 s`, `350 ms`: the two largest units. */
export function duration(seconds: number): string {
  if (seconds < 0.9995) {
    return seconds < 0.0005 ? `${(seconds * 1e6).toFixed(0)} µs` : `${(seconds * 1000).toFixed(0)} ms`;
  }
  if (seconds < 59.95) return `${seconds.toFixed(seconds < 9.95 ? 1 : 0).replace(/\.0$/, '')} s`;
  const rounded = Math.round(seconds);
  const unit = UNITS.findIndex((candidate) => rounded >= candidate.seconds);
  const large = UNITS[unit];
  const small = UNITS[unit + 1] ?? { name: 's', seconds: 1 };
  const whole = Math.floor(rounded / large.seconds);
  const rest = Math.floor((rounded % large.seconds) / small.seconds);
  return rest === 0 ? `${whole} ${large.name}` : `${whole} ${large.name} ${rest} ${small.name}`;
}
