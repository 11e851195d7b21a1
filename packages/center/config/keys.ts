/** The configuration's keys as a flat list, read from the schema. */
import { z } from 'zod';
import { configSchema } from './schema.ts';

export interface ConfigKey {
  /** `listen.tls.key_file`; `[]` stands for each entry of a list. */
  readonly path: string;
  /** In words: `path`, `whole number from 0 to 65535`, `one of debug, info, warning, error`. */
  readonly type: string;
  /** As YAML would say it; '' when there is none worth saying. */
  readonly initially: string;
  readonly sentence: string;
  readonly isRequired: boolean;
}

/** What z.toJSONSchema gives, as far as it is looked at. */
interface JsonSchema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: string | number | boolean | readonly string[] | object;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
}

/** All keys, in the order of the schema; what holds others stands in front of them. */
export function configKeys(): ConfigKey[] {
  return keysBelow(z.toJSONSchema(configSchema, { io: 'input' }) as JsonSchema, '');
}

function keysBelow(schema: JsonSchema, path: string): ConfigKey[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const key: ConfigKey = {
      path: `${path}${name}`,
      type: typeOf(property),
      initially: initiallyOf(property),
      sentence: property.description ?? '',
      isRequired: schema.required?.includes(name) === true,
    };
    const inner = property.items === undefined ? keysBelow(property, `${key.path}.`) : [];
    return [key, ...inner, ...keysBelow(property.items ?? {}, `${key.path}[].`)];
  });
}

function typeOf(schema: JsonSchema): string {
  if (schema.items !== undefined) return listOf(schema.items);
  if (schema.properties !== undefined) return 'map';
  if (schema.title !== undefined) return schema.title;
  if (schema.enum !== undefined) return `one of ${schema.enum.join(', ')}`;
  if (schema.type === 'integer') return numberText(schema);
  if (schema.format === 'uri') return 'URL';
  return schema.type === 'boolean' ? 'true or false' : 'text';
}

function listOf(items: JsonSchema): string {
  return `list of ${items.properties === undefined ? typeOf(items) : 'maps'}`;
}

function numberText({ minimum, maximum, multipleOf }: JsonSchema): string {
  const step = multipleOf === undefined ? '' : `, in steps of ${multipleOf}`;
  return `whole number from ${minimum} to ${maximum}${step}`;
}

/** Defaults of maps are those of their keys. */
function initiallyOf(schema: JsonSchema): string {
  const { default: fallback } = schema;
  if (fallback === undefined || schema.properties !== undefined) return '';
  if (Array.isArray(fallback)) return `[${fallback.join(', ')}]`;
  return typeof fallback === 'object' ? '' : String(fallback);
}
