/**
 * Pictures of the page for the documentation, at most 200 KiB each:
 *
 *   node packages/portal/testing/screenshots.ts [address of a center]
 *
 * Without an address they show a center that never was; the banner on them says that the traffic is simulated.
 */
import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildPortal } from '../build.ts';
import { launch, open, settle } from './browser.ts';
import { FakeCenter } from './fixtures.ts';
import { FakeServer } from './server.ts';

const FOLDER = resolve(import.meta.dirname, '../../../docs/screenshots');
const BYTES_MAX = 200 * 1024;
const NOW_MS = Date.UTC(2025, 10, 21, 5, 47);

const PICTURES = [
  { name: 'overview-ja-light', query: '?lang=ja', colorScheme: 'light', width: 1280, height: 660, isMobile: false },
  { name: 'overview-en-dark', query: '?lang=en', colorScheme: 'dark', width: 1280, height: 660, isMobile: false },
  {
    name: 'countries-en-light',
    query: '?lang=en#countries',
    colorScheme: 'light',
    width: 1280,
    height: 660,
    isMobile: false,
  },
  { name: 'phone-ja-light', query: '?lang=ja', colorScheme: 'light', width: 390, height: 844, isMobile: true },
] as const;

async function take(url: string, now_ms: number): Promise<void> {
  const browser = await launch();
  mkdirSync(FOLDER, { recursive: true });
  for (const { name, query, colorScheme, width, height, isMobile } of PICTURES) {
    const { page } = await open(browser, `${url}${query}`, now_ms, {
      viewport: { width, height },
      colorScheme,
      isMobile,
    });
    await settle(page);
    const path = join(FOLDER, `${name}.png`);
    await page.screenshot({ path });
    const { size } = statSync(path);
    if (size > BYTES_MAX) throw new Error(`Cannot keep ${path}: ${size} bytes are more than ${BYTES_MAX}`);
    process.stdout.write(`${path} ${size}\n`);
  }
  await browser.close();
}

const [address] = process.argv.slice(2);
if (address === undefined) {
  const { folder } = await buildPortal();
  const server = await FakeServer.start(folder, new FakeCenter(NOW_MS));
  await take(server.url, NOW_MS);
  await server.stop();
} else {
  await take(new URL('/', address).href, Date.now());
}
