/** Numbers as people of a language write them. Signs are real minus signs; what is unknown is a dash. */

export const LANGUAGES = ['ja', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

export const UNKNOWN = '–';
const MINUS = '\u2212';

const LOCALES: Readonly<Record<Language, string>> = { ja: 'ja-JP', en: 'en-GB' };
const formats = new Map<string, Intl.NumberFormat>();

export function localeOf(language: Language): string {
  return LOCALES[language];
}

/** `9,520.2`: grouped, with exactly `digits` behind the point. */
export function decimal(language: Language, value: number | null, digits: number): string {
  return write(language, value, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function whole(language: Language, value: number | null): string {
  return decimal(language, value, 0);
}

/** `+374.9`, `−12.0`, `±0`. */
export function signed(language: Language, value: number | null, digits: number): string {
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: 'exceptZero' } as const;
  const text = write(language, value, options);
  return /[1-9]/.test(text) || value === null ? text : '±0';
}

/** A share of 0 … 1 as `4.1%`; what is more than nothing does not become `0.0%`. */
export function share(language: Language, value: number | null, digits = 1): string {
  const least = 10 ** -(digits + 2);
  if (value !== null && value > 0 && value < least / 2) return `< ${share(language, least, digits)}`;
  return write(language, value, { style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A change in percent, as the API gives it: 4.1 is `+4.1%`; from 1,000 % on without decimals. */
export function percentChange(language: Language, percent: number | null): string {
  const digits = percent !== null && Math.abs(percent) >= 1000 ? 0 : 1;
  const text = signed(language, percent, digits);
  return percent === null ? text : `${text}%`;
}

/** Three figures that count: `0.0123`, `1.23`, `12.3`, `123`, `12,345`. For rates whose size is not known beforehand. */
export function three(language: Language, value: number | null): string {
  if (value === null || value === 0) return decimal(language, value, 0);
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  return decimal(language, value, Math.min(Math.max(2 - magnitude, 0), THREE_DIGITS_MAX));
}

const THREE_DIGITS_MAX = 4;

/** A rate in a table, where decimal points stand below each other; small ones keep three figures. */
export function rate(language: Language, value: number | null): string {
  return value !== null && value !== 0 && Math.abs(value) < SMALL_RATE
    ? three(language, value)
    : decimal(language, value, 1);
}

/** Below this one decimal would show nothing. */
const SMALL_RATE = 0.05;

/** For axes: `1.2万` would be one more thing to read, `12,000` is not. */
export function axisNumber(language: Language, value: number): string {
  return write(language, value, { maximumFractionDigits: 4 });
}

function write(language: Language, value: number | null, options: Intl.NumberFormatOptions): string {
  if (value === null || !Number.isFinite(value)) return UNKNOWN;
  const key = `${language} ${JSON.stringify(options)}`;
  const format = formats.get(key) ?? new Intl.NumberFormat(LOCALES[language], options);
  formats.set(key, format);
  return format.format(value).replace('-', MINUS);
}
