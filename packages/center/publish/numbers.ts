/** Published numbers as text: thousands separators, fixed digits, a true minus sign, and a dash where there is none. */

/** Stands where there is no number. */
export const NONE = '–';

/** `5,438.3`; `–` for null. */
export function fixed(value: number | null, digits: number): string {
  if (value === null) return NONE;
  const [whole, fraction] = Math.abs(value).toFixed(digits).split('.');
  const sign = value < 0 && Number(value.toFixed(digits)) !== 0 ? '−' : '';
  return `${sign}${whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** `+12.3`, `−1,093.5`, `±0.0`; `–` for null. */
export function signed(value: number | null, digits: number): string {
  if (value === null) return NONE;
  const text = fixed(value, digits);
  if (Number(value.toFixed(digits)) === 0) return `±${text}`;
  return value > 0 ? `+${text}` : text;
}

/** `16.7 %` of 0.167. */
export function percent(share: number | null, digits: number): string {
  return share === null ? NONE : `${fixed(100 * share, digits)} %`;
}

/** `−16.7 %` of −16.7. */
export function signedPercent(value: number | null): string {
  return value === null ? NONE : `${signed(value, 1)} %`;
}
