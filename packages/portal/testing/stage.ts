/** What the tests of the page need: the built page, a center that never was, a browser; each test begins with an ordinary center. */
import { after, afterEach, before, beforeEach, type TestOptions } from 'node:test';
import { needs, program } from '@noroshi/kit/testing.ts';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { buildPortal } from '../build.ts';
import { CHROMIUM, launch, type Opened, open } from './browser.ts';
import { FakeCenter } from './fixtures.ts';
import { FakeServer } from './server.ts';

export const NOW_MS = Date.UTC(2025, 10, 21, 5, 47);
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
export const DESKTOP = { viewport: { width: 1440, height: 900 } };

/** For every test that opens the page. */
export const chromium: TestOptions = needs(program(CHROMIUM));

interface Stage {
  readonly server: FakeServer;
  /** Opens the page with a query, at NOW_MS or another time. */
  readonly open: (query?: string, options?: BrowserContextOptions, now_ms?: number) => Promise<Opened>;
}

/** Made before the first test of a file and taken down behind the last one. */
export function stage(): () => Stage {
  let made: { readonly browser: Browser; readonly server: FakeServer } | undefined;
  before(async () => {
    if (program(CHROMIUM).missing !== undefined) return;
    const { folder } = await buildPortal();
    made = { server: await FakeServer.start(folder, new FakeCenter(NOW_MS)), browser: await launch() };
  });
  beforeEach(() => made?.server.reset(new FakeCenter(NOW_MS)));
  afterEach(async () => {
    for (const context of made?.browser.contexts() ?? []) await context.close();
  });
  after(async () => {
    await made?.browser.close();
    await made?.server.stop();
  });
  return () => {
    if (made === undefined) throw new Error('Cannot open the page: the stage is not made yet');
    const { browser, server } = made;
    return {
      server,
      open: (query = '', options = {}, now_ms = NOW_MS) => open(browser, `${server.url}${query}`, now_ms, options),
    };
  };
}
