/** Zod schemas that must say what a type of wire/api says: the compiler compares them key by key. */
import { z } from 'zod';

/**
 * A schema of `T`, named `id` in the API's description. A key too few, one too many, or of another type does not compile. What
 * a value holds beyond these keys is left out of the answer.
 */
export function shapeOf<T extends object>(id: string, description: string) {
  return <F extends { readonly [K in keyof T]-?: z.ZodType<T[K]> }>(
    fields: F & { readonly [K in Exclude<keyof F, keyof T>]: never },
  ): z.ZodType<T> => z.object(fields).meta({ id, description }) as unknown as z.ZodType<T>;
}
