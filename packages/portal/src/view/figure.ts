/** How the values of a figure are written, by its definition. */
import type { FigureDefinition, Measured } from '@noroshi/wire/api/figures.ts';
import { decimal, type Language, percentChange, share, signed } from '../format/number.ts';

/** Fields of a definition that decide how a value looks. */
export type Written = Pick<FigureDefinition, 'digits' | 'is_share'>;

const POINTS = { ja: 'ポイント', en: ' points' } as const;

export function figureValue(language: Language, { digits, is_share }: Written, value: number | null): string {
  return is_share ? share(language, value, digits) : decimal(language, value, digits);
}

/** `+374.9`; of a share in percentage points. */
export function figureChange(language: Language, { digits, is_share }: Written, change: number | null): string {
  if (!is_share || change === null) return signed(language, change, digits);
  return `${signed(language, 100 * change, digits)}${POINTS[language]}`;
}

/** `+374.9 (+4.1%)`; undefined without a previous period. */
export function wholeChange(language: Language, written: Written, measured: Measured): string | undefined {
  if (measured.change === null) return undefined;
  const change = figureChange(language, written, measured.change);
  const isNothing = measured.change_percent === null || written.is_share;
  return isNothing ? change : `${change} (${percentChange(language, measured.change_percent)})`;
}

export type Direction = 'up' | 'down' | 'level';

/** Where it went; less than a thousandth is level. */
export function direction(change_percent: number | null): Direction {
  if (change_percent === null || Math.abs(change_percent) < LEVEL_PERCENT) return 'level';
  return change_percent > 0 ? 'up' : 'down';
}

const LEVEL_PERCENT = 0.05;

/** The figures drawn large, in this order; the others stand in a table below. */
export const LARGE = [
  'sources',
  'low_port_accesses',
  'high_port_accesses',
  'mirai_accesses',
  'marked_accesses',
  'many_port_sources',
  'scanner_share',
  'backscatter',
  'victims',
] as const;
/** The one that everything begins with, and its other way of saying it. */
export const LEAD = 'accesses';
export const SPACING = 'access_spacing';
