/** The system's Chromium for tests: pages that complain, what they ask for, and what axe says of them. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import type { AxeResults, RunOptions } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const WAIT_MS_MAX = 10_000;
export const CHROMIUM = 'chromium';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** WCAG 2.2 A and AA, and what axe holds to be good practice. */
const AXE_OPTIONS: RunOptions = {
  runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  resultTypes: ['violations'],
};

export function launch(): Promise<Browser> {
  // Debian's package; as root it does not start inside its own sandbox.
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath: pathOf(CHROMIUM), args: isRoot ? ['--no-sandbox'] : [] });
}

/** Where a program lies on PATH; its bare name when it lies nowhere. */
function pathOf(name: string): string {
  const files = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  return files.find(existsSync) ?? name;
}

export interface Opened {
  readonly page: Page;
  /** Errors of the console, of scripts, and of the policy; empty when all is well. */
  readonly complaints: string[];
  /** Requests to anybody but the page's own server. */
  readonly strangers: string[];
}

/** Opens a page on its own, as for somebody who has never been here, at a fixed time of day. */
export async function open(
  browser: Browser,
  url: string,
  now_ms: number,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', ...options });
  context.setDefaultTimeout(WAIT_MS_MAX);
  const page = await context.newPage();
  const complaints: string[] = [];
  const strangers: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) strangers.push(request.url());
  });
  await page.clock.setSystemTime(now_ms);
  await page.goto(url);
  return { page, complaints, strangers };
}

/** Waits until every part has answered and every chart and the map are drawn. */
export async function settle(page: Page): Promise<void> {
  await page.locator('main section').first().waitFor();
  for (const unfinished of ['main section[aria-busy="true"]', '[role="img"]:not(:has(path))']) {
    await page.locator(unfinished).first().waitFor({ state: 'detached' });
  }
}

/** What axe finds wrong, one line each. Its script is put in by the debugger, which no policy stops. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const results = await page.evaluate<AxeResults, RunOptions>(
    (options) => (globalThis as unknown as { axe: { run: (o: RunOptions) => Promise<AxeResults> } }).axe.run(options),
    AXE_OPTIONS,
  );
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => {
      return `${id}: ${target.join(' ')} ${failureSummary ?? ''}`;
    }),
  );
}
