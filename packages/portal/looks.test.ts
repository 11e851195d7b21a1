/** The page in both languages, both colours and three widths, held against axe and the strictest policy. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { settle, violations } from './testing/browser.ts';
import { chromium, DESKTOP, PHONE, stage } from './testing/stage.ts';

const set = stage();

/** Every pair of language, colours and device once. */
const LOOKS = [
  { language: 'ja', colorScheme: 'light', device: DESKTOP },
  { language: 'ja', colorScheme: 'dark', device: PHONE },
  { language: 'en', colorScheme: 'light', device: PHONE },
  { language: 'en', colorScheme: 'dark', device: DESKTOP },
] as const;

for (const { language, colorScheme, device } of LOOKS) {
  const name = `page: ${language}, ${colorScheme}, ${device.viewport.width} px: axe is silent, so are console and policy, nobody else is asked`;
  test(name, chromium, async () => {
    const { page, complaints, strangers } = await set().open(`?lang=${language}`, { colorScheme, ...device });
    await settle(page);
    assert.deepEqual(await violations(page), []);
    assert.deepEqual([complaints, strangers], [[], []]);
    assert.equal(await page.locator('html').getAttribute('lang'), language);
  });
}

test('page: nothing is wider than the window, from the smallest phone to the desk', chromium, async () => {
  for (const language of ['ja', 'en']) {
    const { page } = await set().open(`?lang=${language}&tables=live.series&all=countries`);
    for (const width of [320, 390, 768, 1024, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await settle(page);
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(excess <= 0, `${language}: ${excess} px too wide at ${width}`);
    }
  }
});

/** How far things moved by themselves since the page began, as browsers count it. */
function layoutShift(page: Page): Promise<number> {
  return page.evaluate(() => {
    return new Promise((resolve) => {
      new PerformanceObserver((list) => {
        const entries = list.getEntries() as unknown as readonly { value: number; hadRecentInput: boolean }[];
        resolve(entries.filter(({ hadRecentInput }) => !hadRecentInput).reduce((sum, { value }) => sum + value, 0));
      }).observe({ type: 'layout-shift', buffered: true });
      setTimeout(() => resolve(0), 500);
    });
  });
}

test('page: nothing jumps when the answers come', chromium, async () => {
  const { server, open } = set();
  server.delay_ms = 150;
  for (const device of [DESKTOP, PHONE]) {
    const { page } = await open('', device);
    await settle(page);
    const shift = await layoutShift(page);
    // What browsers' makers hold to be good: web.dev/cls.
    assert.ok(shift < 0.1, `layout shift ${shift.toFixed(3)} at ${device.viewport.width} px`);
  }
});
