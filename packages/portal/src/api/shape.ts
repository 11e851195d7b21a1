/**
 * What came over HTTP is held against its shape before the page believes it. A shape's type is tied to the interface in
 * `@noroshi/wire/api`: a field that is renamed there does not compile here. Fields that are not named are left alone, so
 * that an older page reads a newer center.
 */

/** The first place where a value differs from its shape, e.g. `figures[3].all.value` and `a number`. */
export interface Fault {
  readonly path: string;
  readonly expected: string;
}

/** `find` gives the first fault, undefined when the value has the shape. `of` carries the type only. */
export interface Shape<T> {
  readonly find: (value: unknown, path: string) => Fault | undefined;
  readonly of?: T;
}

export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

export function read<T>(shape: Shape<T>, value: unknown): Read<T> {
  const fault = shape.find(value, '');
  return fault === undefined ? { ok: true, value: value as T } : { ok: false, fault };
}

function simple<T>(holds: (value: unknown) => boolean, expected: string): Shape<T> {
  return { find: (value, path) => (holds(value) ? undefined : { path, expected }) };
}

export const text = simple<string>((value) => typeof value === 'string', 'a text');
export const flag = simple<boolean>((value) => typeof value === 'boolean', 'true or false');
export const number = simple<number>((value) => Number.isFinite(value), 'a number');

export function oneOf<const T extends string>(words: readonly T[]): Shape<T> {
  return simple<T>((value) => words.some((word) => word === value), `one of ${words.join(', ')}`);
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return { find: (value, path) => (value === null ? undefined : shape.find(value, path)) };
}

export function list<T>(shape: Shape<T>): Shape<readonly T[]> {
  return {
    find: (value, path) => {
      if (!Array.isArray(value)) return { path, expected: 'a list' };
      for (const [index, entry] of value.entries()) {
        const fault = shape.find(entry, `${path}[${index}]`);
        if (fault !== undefined) return fault;
      }
      return undefined;
    },
  };
}

/** Any names, all values of one shape. */
export function record<T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return {
    find: (value, path) => {
      if (!isObject(value)) return { path, expected: 'an object' };
      return firstFault(Object.keys(value), (name) => shape.find(value[name], join(path, name)));
    },
  };
}

export function object<T>(fields: { readonly [K in keyof T]-?: Shape<T[K]> }): Shape<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  return {
    find: (value, path) => {
      if (!isObject(value)) return { path, expected: 'an object' };
      return firstFault(names, (name) => fields[name].find(value[name], join(path, name)));
    },
  };
}

function firstFault<N extends string>(names: readonly N[], find: (name: N) => Fault | undefined): Fault | undefined {
  for (const name of names) {
    const fault = find(name);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
