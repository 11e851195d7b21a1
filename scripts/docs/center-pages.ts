/** Reference of the center: configuration keys, figures, refusals, and the HTTP API as its own description has it. */
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildApp } from '@noroshi/center/api/app.ts';
import { fakeDeps } from '@noroshi/center/api/testing.ts';
import { configMarkdown } from '@noroshi/center/config/markdown.ts';
import { INGEST_LIMITS } from '@noroshi/center/ingest/limits.ts';
import { REFUSALS } from '@noroshi/center/ingest/refusals.ts';
import { ingestRoutes } from '@noroshi/center/ingest/routes.ts';
import { figureDefinitions } from '@noroshi/center/query/figures/definitions.ts';
import { figuresMarkdown } from '@noroshi/center/query/figures/markdown.ts';
import {
  CLOCK_DIFFERENCE_MS,
  SEGMENT_BYTES_MAX,
  SEGMENT_GROUPS_MAX,
  SEGMENT_ROWS_MAX,
} from '@noroshi/wire/api/upload.ts';
import { Commented } from './comments.ts';
import { code, page, table } from './markdown.ts';

const ROOT = resolve(import.meta.dirname, '../..');

export function configPage(): string {
  return page(
    'Configuration of a center',
    ['`packages/center/config/schema.ts`'],
    `YAML, read by \`noroshi up --config FILE\`; \`noroshi up --init FOLDER\` writes one with every key in it, and
\`--check\` says what it would run. A wrong key names itself and its line. Paths start at the folder of the file. \`[]\` stands for
each entry of a list. [How to run a center](../how-to/run-a-center.md).`,
    configMarkdown(),
  );
}

export function figuresPage(): string {
  return page(
    'Figures',
    ['`packages/center/query/figures/definitions.ts`'],
    `What is published, under the names that API, page and report use. Each figure is given twice: of all sources, and without
acknowledged scanners. The first table says what a figure means, the second how it is counted.
[Why they are counted so](../explanation/figures.md).`,
    figuresMarkdown(),
    `Relations: \`hours\` is the roll-up of that name; \`sources\` has one row a day and source of accesses, \`victims\` one row a day
and victim of backscatter. \`all_\` counts everybody, \`plain_\` everybody but acknowledged
scanners (here the form for everybody is shown). Exposure is what really listened.`,
  );
}

export function refusalsPage(): string {
  const rows = Object.entries(REFUSALS).map(([word, kind]) => [
    code(word),
    String(kind.status),
    kind.title,
    kind.isFinal ? 'for good' : 'for now',
    'retryAfter_s' in kind ? `${kind.retryAfter_s} s` : '',
  ]);
  const limits = { SEGMENT_BYTES_MAX, SEGMENT_ROWS_MAX, SEGMENT_GROUPS_MAX, CLOCK_DIFFERENCE_MS };
  return page(
    'Refusals of segments',
    ['`packages/center/ingest/refusals.ts`', '`packages/wire/api/upload.ts`'],
    `Why a center does not take a segment. The answer is \`application/problem+json\` (RFC 9457) with the type
\`urn:noroshi:problem:<word>\`. The same words stand in the metrics (\`noroshi_ingest_refused_total\`), in the log, and in the names
of quarantined files; those of known sensors that are for good are counted on the page as well.`,
    `*For good*: sent again, it would be refused again; where the body of a known sensor has arrived whole,
it is kept in quarantine, and the sensor puts its copy aside. *For now*: the sensor keeps the segment and tries again, after Retry-After at the earliest. A sensor that is
answered 401 or 403 keeps its segments too, and asks once a minute.`,
    table(['word', 'status', 'title', '', 'Retry-After'], rows),
    '## Limits of a segment',
    table(
      ['name', 'value'],
      Object.entries(limits).map(([name, value]) => [code(name), value.toLocaleString('en')]),
    ),
  );
}

/** What is looked at of an OpenAPI document. */
interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly responses?: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

interface Parameter {
  readonly name: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly default?: string | number | boolean;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** The description that a center gives at /v1/openapi.json, with all routes and no database. */
async function describedApi(): Promise<Described> {
  const nobody = (): never => {
    throw new Error('Cannot answer: this center is only described');
  };
  const nobodys = { put: nobody, head: nobody, refused: nobody, ailment: nobody, end: nobody, close: nobody };
  const ingest = { ...nobodys, limits: INGEST_LIMITS };
  const { figures } = fakeDeps();
  const app = await buildApp(
    fakeDeps({
      figures: { ...figures, definitions: figureDefinitions },
      uploads: async (scope) => ingestRoutes(scope, ingest),
    }),
  );
  const answer = await app.inject('/v1/openapi.json');
  await app.close();
  return answer.json<Described>();
}

const API = await describedApi();
const SHAPES = globSync('packages/wire/api/*.ts', { cwd: ROOT }).map((file) => new Commented(file));
/** More words than this are better looked up where they are explained. */
const WORDS_MAX = 8;

export function apiPage(): string {
  const operations = Object.entries(API.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      return method === 'head' && 'get' in methods ? [] : operationParts(method, path, operation);
    }),
  );
  const schemas = Object.entries(API.components.schemas).flatMap(([name, schema]) => schemaParts(name, schema));
  return page(
    'The HTTP API',
    ['`packages/center/api` and `packages/center/ingest/routes.ts`'],
    `A running center gives the same as OpenAPI 3.1 at \`/v1/openapi.json\`. Everybody may read, from any page; nobody needs a
key. Whatever is refused is \`application/problem+json\` with a type \`urn:noroshi:problem:<word>\`. Answers carry an entity tag;
whoever sends it back gets 304 while nothing changed. HEAD works wherever GET does, but for the events.`,
    ...operations,
    '## Shapes',
    'Shares are 0 … 1, times Unix ms of event time. Numbers are not rounded: the definition of a figure says how many digits to show.',
    ...schemas,
  );
}

function operationParts(method: string, path: string, operation: Operation): string[] {
  const { summary = '', description = '', parameters = [], responses = {} } = operation;
  const types = Object.keys(responses['200']?.content ?? {});
  const rows = parameters.map(({ name, required, schema, description: said = '' }) => [
    code(name),
    typeOf(schema),
    required === true ? '**required**' : schema.default === undefined ? '' : code(String(schema.default)),
    schema.description ?? said,
  ]);
  return [
    `## ${method.toUpperCase()} ${path}`,
    [`${summary}.`, description, types.length === 0 ? '' : `Answers ${types.map(code).join(', ')}.`].join(' ').trim(),
    ...(rows.length === 0 ? [] : [table(['parameter', 'type', 'default', 'meaning'], rows)]),
  ];
}

function schemaParts(name: string, { description = '', properties = {} }: Schema): string[] {
  const said = sentencesOf(name);
  const rows = Object.entries(properties).map(([field, schema]) => [
    code(field),
    typeOf(schema),
    said.get(field) ?? schema.description ?? '',
  ]);
  return [`### ${name}`, description, table(['field', 'type', 'meaning'], rows)];
}

/** What the comments in wire/api say of an interface's properties; the schemas have the same names. */
function sentencesOf(name: string): ReadonlyMap<string, string> {
  const source = SHAPES.find((one) => one.hasInterface(name));
  const properties = source?.ofInterface(name) ?? [];
  return new Map(properties.flatMap((one) => (one.sentence === '' ? [] : [[one.name, one.sentence]])));
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return linkTo(schema.$ref);
  if (schema.enum !== undefined && schema.enum.length > WORDS_MAX) return `one of ${schema.enum.length} words`;
  if (schema.enum !== undefined) return schema.enum.map(code).join(' ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  if (typeof schema.additionalProperties === 'object') return `map to ${typeOf(schema.additionalProperties)}`;
  return [schema.type ?? ''].flat().join(' or ');
}

function linkTo(reference: string): string {
  const name = reference.split('/').at(-1) ?? '';
  return `[${name}](#${name.toLowerCase()})`;
}
