/** Figures with their noun, which knows one from many. */
import { count } from './numbers.ts';

/** `row` for 1, else `rows`. */
export function nounOf(value: number, one: string, many = `${one}s`): string {
  return Math.round(value) === 1 ? one : many;
}

/** `1 row`, `0 rows`, `1,234 rows`. */
export function counted(value: number, one: string, many?: string): string {
  return `${count(value)} ${nounOf(value, one, many)}`;
}
