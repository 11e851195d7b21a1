/** Figures for people: thousands separators, few digits, always the same width rules; the unit is said by the caller. */

/** `1,234,567`. */
export function count(value: number): string {
  return Math.round(value)
    .toString()
    .replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `≥ 4,194,304` for a count that stopped at a limit. */
export function countOrMore(value: number, isAtLeast: boolean): string {
  return isAtLeast ? `≥ ${count(value)}` : count(value);
}

/** Share of a whole with one digit, `12.3 %`; `< 0.1 %` rather than a nought that is none, never 100 % for less. */
export function percent(part: number, whole: number): string {
  if (whole <= 0 || part <= 0) return '0.0 %';
  const value = (100 * part) / whole;
  if (value < 0.1) return '< 0.1 %';
  if (part < whole && value > 99.9) return '> 99.9 %';
  return `${value.toFixed(1)} %`;
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `1.23 MB`, decimal units. */
export function bytes(value: number): string {
  let unit = 0;
  let scaled = value;
  while (scaled >= 999.5 && unit < BYTE_UNITS.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return unit === 0 ? `${value} B` : `${threeDigits(scaled)} ${BYTE_UNITS[unit]}`;
}

/** A rate: `0.012`, `3.40`, `15.2`, `940`, `1,234,567`. */
export function rate(value: number): string {
  if (value >= 1000) return count(value);
  if (value > 0 && value < 0.01) return value.toPrecision(1);
  return threeDigits(value);
}

function threeDigits(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}
