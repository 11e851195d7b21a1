/** The built page in a real browser, before a center that never was: what a reader can do. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'node:test';
import { settle, violations } from './testing/browser.ts';
import { chromium, stage } from './testing/stage.ts';

const set = stage();

test('page: the browser’s language at first, then the reader’s, which is remembered', chromium, async () => {
  const { open, server } = set();
  const { page } = await open('', { locale: 'ja-JP' });
  await page.getByRole('heading', { name: '主な数値' }).waitFor();
  await page.getByLabel('English').check();
  await page.getByRole('heading', { name: 'Key figures' }).waitFor();
  await page.getByLabel('Dark').check();
  await page.goto(server.url);
  await page.getByRole('heading', { name: 'Key figures' }).waitFor();
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
});

test('page: the view stands in the address, and the back button returns', chromium, async () => {
  const { open, server } = set();
  const { page } = await open();
  await settle(page);
  await page.getByLabel('30 days').check();
  await page.getByText('22 Oct – 20 Nov 2025', { exact: true }).waitFor();
  await page.getByLabel('Without', { exact: true }).check();
  await page.getByText('Without acknowledged scanners.').first().waitFor();
  assert.equal(new URL(page.url()).search, '?period=30d&scanners=exclude');
  await page.goBack();
  await page.goBack();
  await page.getByText('14 – 20 Nov 2025', { exact: true }).waitFor();
  assert.equal(new URL(page.url()).search, '');
  const shared = `${server.url}?period=2025-10&figure=victims&step=day&tables=series&all=ports&live=1h`;
  await page.goto(shared);
  await settle(page);
  await page.getByText('1 – 31 Oct 2025').first().waitFor();
  assert.equal(await page.locator('#ports tbody tr').count(), 16);
  assert.equal(await page.locator('#series tbody tr').count(), 31);
  assert.equal(await page.getByLabel('1 hour').isChecked(), true);
});

test('page: an address may name a part, and the reader is taken there', chromium, async () => {
  const { open } = set();
  const { page } = await open('#conservation');
  await settle(page);
  const heading = page.getByRole('heading', { name: 'Where every packet went' });
  // Where it is when nothing moves any more: parts above it come later than it does.
  const places: number[] = [];
  const isStill = (): boolean => places.length > 5 && places.slice(-5).every((y) => y === places.at(-1));
  for (let round = 0; !isStill() && round < 200; round++) {
    places.push((await heading.boundingBox())?.y ?? -1);
    await wait(50);
  }
  const y = places.at(-1) ?? -1;
  assert.ok(y > 0 && y < 900, `heading at ${places.join(', ')}`);
});

test('page: any days can be chosen, and wrong ones are refused in words', chromium, async () => {
  const { open, server } = set();
  const { page } = await open();
  await settle(page);
  await page.getByRole('button', { name: 'Other days' }).click();
  await page.getByLabel('First day').fill('2025-11-10');
  await page.locator('input[type=date]').nth(1).fill('2025-11-08');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.getByText('Choose a last day').waitFor();
  await page.locator('input[type=date]').nth(1).fill('2025-11-12');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.getByText('10 – 12 Nov 2025', { exact: true }).waitFor();
  assert.match(page.url(), /period=2025-11-10\/2025-11-13/);
  assert.ok(server.asked.includes('/v1/summary?feed=simulation&period=2025-11-10%2F2025-11-13'));
});

test('page: charts are tables for whoever asks, and have words for whoever does not see them', chromium, async () => {
  const { open } = set();
  const { page } = await open();
  await settle(page);
  const labels = await page
    .locator('[role="img"]')
    .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  assert.equal(labels.length, 5);
  assert.match(labels.join('\n'), /Highest [\d.]+ at \d\d:\d\d; newest [\d.]+/);
  await page.locator('#live').getByRole('button', { name: 'Show as table' }).click();
  const table = page.getByRole('region', { name: 'the numbers' });
  assert.equal(await table.locator('tbody tr').count(), 288);
  assert.deepEqual(await violations(page), []);
});

test('page: everything downloads as CSV and JSON, of what is shown', chromium, async () => {
  const { open } = set();
  const { page } = await open('?period=2025-10&scanners=exclude');
  await settle(page);
  const links = await page.locator('main a[download]').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
  const sections = await page.locator('main section').count();
  assert.equal(links.length, 2 * sections);
  assert.ok(links.includes('v1/rankings/ports?feed=simulation&period=2025-10&limit=10&scanners=exclude&format=csv'));
  assert.ok(links.includes('v1/summary?feed=simulation&period=2025-10&format=json'));
  assert.equal(await page.getByRole('link', { name: 'OpenAPI' }).getAttribute('href'), 'v1/openapi.json');
});

test('page: the keyboard reaches everything, in order, and sees where it is', chromium, async () => {
  const { open } = set();
  const { page } = await open();
  await settle(page);
  const wanted = await page.evaluate(() => {
    const all = [...document.querySelectorAll<HTMLElement>('a[href], button, select, summary, input, [tabindex="0"]')];
    const isReached = (one: HTMLElement): boolean =>
      one.checkVisibility() && !(one instanceof HTMLInputElement && !one.checked);
    return all.filter(isReached).length;
  });
  const seen = new Set<string>();
  for (let step = 0; step < 2 * wanted; step++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return undefined;
      const all = [...document.querySelectorAll('*')];
      // A radio button's ring is drawn by the label's text beside it.
      const ring =
        element instanceof HTMLInputElement && element.type === 'radio' ? element.nextElementSibling : element;
      const { outlineStyle, outlineWidth } = getComputedStyle(ring ?? element);
      return { index: all.indexOf(element), hasRing: outlineStyle !== 'none' && outlineWidth !== '0px' };
    });
    if (focused === undefined) break;
    assert.ok(focused.hasRing, `no ring on element ${focused.index}`);
    seen.add(String(focused.index));
  }
  assert.equal(seen.size, wanted);
  const skip = page.getByRole('link', { name: 'Skip to the figures' });
  await skip.focus();
  await page.keyboard.press('Enter');
  assert.match(page.url(), /#main$/);
});

test('page: without motion when the reader asks for none, and on paper as well', chromium, async () => {
  const { open } = set();
  const { page } = await open('', { reducedMotion: 'reduce', colorScheme: 'dark' });
  await settle(page);
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior), 'auto');
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  assert.equal(
    await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor),
    'rgb(255, 255, 255)',
  );
  assert.equal(await page.getByRole('button').filter({ visible: true }).count(), 0);
});
