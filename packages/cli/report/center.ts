/** A running center, asked over HTTP. */
import type { FeedList } from '@noroshi/wire/api/center.ts';
import type { Summary } from '@noroshi/wire/api/figures.ts';
import { PROBLEM_TYPE } from '@noroshi/wire/api/problem.ts';
import { Refusal } from '../io/exit.ts';
import { named } from '../look/style.ts';

const DEFAULT = 'http://127.0.0.1:8642';
/** A year's report of a large center takes seconds when it was never asked for. */
const TIMEOUT_MS = 120_000;
/** Longest answer that is taken. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

export interface Center {
  readonly url: URL;
  /** The address for sentences, without user and password. */
  readonly shown: string;
}

/** Throws Refusal when the text is no address of a web server. */
export function centerOf(text = DEFAULT): Center {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new Refusal('usage', `Cannot ask ${named(text)}: --center is no http or https address`);
  }
  return { url, shown: `${url.protocol}//${url.host}` };
}

/** The text that a GET answers. Throws Refusal where nobody answers, or what the center says instead. */
export async function ask(
  { url, shown }: Center,
  path: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const target = new URL(`${url.pathname.replace(/\/$/, '')}${path}`, url);
  target.search = new URLSearchParams(parameters).toString();
  let response: Response;
  let text: string;
  try {
    response = await fetch(target, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
    text = await textOf(response);
  } catch (error) {
    throw new Refusal('io', `Cannot ask the center at ${shown}: ${stateOf(error)}`);
  }
  if (response.ok) return text;
  throw new Refusal('io', refusalText(response, text, shown));
}

export interface HeldFeed {
  readonly feed: string;
  /** End of what the center holds of it, Unix ms. */
  readonly to_ms: number;
  /** Whose center it is. */
  readonly operator: string;
}

/** The feed of a name; `auto` is the first that the center lists, live sensors before others. Throws Refusal: "Cannot <action>: …". */
export async function heldFeed(center: Center, name: string, action: string): Promise<HeldFeed> {
  const answer = JSON.parse(await ask(center, '/v1/feeds', {})) as Partial<FeedList>;
  const held = answer.feeds?.find(({ feed }) => name === 'auto' || feed === name);
  if (held !== undefined) return { feed: held.feed, to_ms: held.to_ms, operator: answer.title?.en ?? 'Noroshi' };
  throw new Refusal(
    'io',
    `Cannot ${action}: the center at ${center.shown} holds nothing ${name === 'auto' ? 'yet' : `of feed ${name}`}`,
  );
}

/** The first feed that the center lists and that holds something of these days. Throws Refusal: "Cannot <action>: …". */
export async function feedOfDays(center: Center, period: string, action: string): Promise<string> {
  const { feeds = [] } = JSON.parse(await ask(center, '/v1/feeds', {})) as Partial<FeedList>;
  for (const { feed } of feeds) {
    const { exposure } = JSON.parse(await ask(center, '/v1/summary', { feed, period })) as Partial<Summary>;
    if (exposure !== undefined && (exposure.sensors > 0 || exposure.received > 0)) return feed;
  }
  const what = feeds.length === 0 ? 'nothing yet' : `nothing of ${period}`;
  throw new Refusal('io', `Cannot ${action}: the center at ${center.shown} holds ${what}`);
}

/** As programs of the system decide it: the first of these that is set. */
export function languageOf({ LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv): 'ja' | 'en' {
  const locale = [LC_ALL, LC_MESSAGES, LANG].find((one) => one !== undefined && one !== '') ?? '';
  return locale.startsWith('ja') ? 'ja' : 'en';
}

async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | undefined = response.body ?? undefined;
  if (body === undefined) return '';
  for await (const part of body) {
    size += part.length;
    if (size > ANSWER_BYTES_MAX) throw new RangeError('its answer is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function stateOf(error: unknown): string {
  if (error instanceof RangeError) return error.message;
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`;
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ECONNREFUSED') return 'nobody answers there (npm start and noroshi up start one)';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'no such name';
  return code === '' ? 'the connection broke' : `the connection broke (${code})`;
}

/** A problem says it itself; anything else is no center of ours. */
function refusalText({ status, headers }: Response, text: string, shown: string): string {
  const isProblem = (headers.get('content-type') ?? '').startsWith(PROBLEM_TYPE);
  const detail = isProblem ? detailOf(text) : undefined;
  return typeof detail === 'string' ? detail : `Cannot ask the center at ${shown}: it answers ${status}`;
}

function detailOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { readonly detail?: unknown }).detail;
  } catch {
    return undefined;
  }
}
