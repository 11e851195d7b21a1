/** The built page in a real browser: who is under attack, who scans, what was found, and how it is explained. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { settle, violations } from './testing/browser.ts';
import { FakeCenter } from './testing/fixtures.ts';
import { chromium, DESKTOP, NOW_MS, PHONE, stage } from './testing/stage.ts';

const set = stage();
const VICTIM = '?page=victim&address=198.51.100.77';
const FINDING = '?page=finding&id=0f8fad5b-d9cb-569f-a165-000000000001';

/** What links say, in the order of the page. */
function linksIn(page: Page, place: string): Promise<(string | null)[]> {
  return page.locator(`${place} a`).evaluateAll((all) => all.map((one) => one.getAttribute('href')));
}

test('page: who is under attack now, and news of it without a reload', chromium, async () => {
  const { open, server } = set();
  const { page } = await open();
  await settle(page);
  await page.getByText('3 addresses are under attack with forged senders, as of 21 Nov 14:46.').waitFor();
  await page.getByText('Hardest hit: 198.51.100.77, an estimated 184,000 packets per second.').waitFor();
  const rows = page.locator('#attacks tbody tr');
  assert.equal(await rows.count(), 3);
  assert.match((await rows.first().textContent()) ?? '', /153,000 – 223,000/);
  // No estimate is made for IPv6: a dash, no nought.
  assert.match((await rows.nth(2).textContent()) ?? '', /2001:db8:7:1::50.*–/s);
  server.center.isQuiet = true;
  server.sendFindings();
  await page.getByText('no victim was seen above the detection limit').waitFor();
  assert.doesNotMatch((await page.locator('#attacks').textContent()) ?? '', /no attack\b/i);
});

test(
  'page: a victim has a page of its own, whose address can be shared; the back button returns',
  chromium,
  async () => {
    const { open } = set();
    const { page, complaints } = await open('?lang=en&period=2025-11');
    await settle(page);
    await page.locator('#attacks').getByRole('link', { name: '198.51.100.77' }).click();
    await page.getByRole('heading', { name: 'Victim 198.51.100.77' }).waitFor();
    assert.equal(new URL(page.url()).search, '?page=victim&address=198.51.100.77&period=2025-11&lang=en');
    assert.equal(await page.title(), 'Victim 198.51.100.77 · Noroshi observation centre');
    await settle(page);
    assert.equal(await page.evaluate(() => scrollY), 0);
    await page
      .getByText('Under attack since 21 Nov 12:46, as of 21 Nov 14:46; the last answer came 21 Nov 14:4')
      .waitFor();
    await page.getByText('it is not the attacker').waitFor();
    assert.equal(await page.locator('[role="img"]').count(), 2);
    await page.getByRole('button', { name: 'Show as table' }).click();
    // A quarter of an hour without an answer is left out.
    assert.equal(await page.getByRole('region', { name: 'the numbers' }).locator('tbody tr').count(), 105);
    await page.getByRole('link', { name: 'tcp/443' }).click();
    await page.getByRole('heading', { name: '198.51.100.77 · tcp/443' }).waitFor();
    await page.goBack();
    await page.goBack();
    await page.goBack();
    await page.getByRole('heading', { name: 'Key figures' }).waitFor();
    assert.deepEqual(complaints, []);
  },
);

test(
  'page: a finding is explained: reasons, confidence, query, history; foreign text stays text',
  chromium,
  async () => {
    const { open } = set();
    const { page, complaints } = await open(FINDING);
    await settle(page);
    await page.getByText('It answers to many of our addresses.').waitFor();
    await page.getByText('targets = 212, expected = 3.25').waitFor();
    await page.getByText('What the confidence means: The probability').waitFor();
    await page.getByText('FROM flows').waitFor();
    await page.getByText('Moore 2001').waitFor();
    assert.equal(await page.getByText('<img src=x').count(), 3);
    assert.equal(await page.evaluate(() => 'hacked' in globalThis), false);
    await page.getByRole('link', { name: 'All that was seen of 203.0.113.9' }).click();
    await page.getByRole('heading', { name: 'Victim 203.0.113.9' }).waitFor();
    assert.deepEqual(complaints, []);
  },
);

test('page: the list of findings has filters that stand in the address', chromium, async () => {
  const { open, server } = set();
  const { page } = await open('?page=findings');
  await settle(page);
  const rows = page.locator('#found tbody tr');
  assert.equal(await rows.count(), 6);
  await page.getByLabel('State').selectOption('candidate');
  await rows.nth(1).waitFor({ state: 'detached' });
  assert.equal(await rows.count(), 1);
  await page.getByLabel('Detector').selectOption('scan/horizontal');
  await page.getByText('Nothing was found above the detectors’ limits that fits the filter.').waitFor();
  assert.equal(new URL(page.url()).search, '?page=findings&detector=scan/horizontal&state=candidate');
  assert.ok(server.asked.includes('/v1/findings?feed=simulation&detector=scan%2Fhorizontal&state=candidate&limit=50'));
  await page.goBack();
  await page.goBack();
  await page.getByLabel('Now').check();
  await page.waitForFunction(() => document.querySelectorAll('#found tbody tr').length === 3);
  const links = await linksIn(page, '#found .foot');
  assert.deepEqual(
    links.map((link) => /format=(\w+)/.exec(link ?? '')?.[1]),
    ['stix', 'csv', 'json'],
  );
});

test('page: victims of the period, found by a part of address, network or service', chromium, async () => {
  const { open } = set();
  const { page } = await open('?page=victims&period=30d');
  await settle(page);
  await page.getByText('22 Oct – 20 Nov 2025: 6 addresses were attacked with forged senders.').waitFor();
  await page.getByLabel('Filter').fill('as64503');
  const rows = page.locator('#attacked tbody tr');
  await rows.nth(1).waitFor({ state: 'detached' });
  assert.match((await rows.first().textContent()) ?? '', /192\.0\.2\.200/);
  await page.getByLabel('Filter').fill('nobody');
  await page.getByText('No victim listed here fits the filter.').waitFor();
  const links = await linksIn(page, '#attacked .foot');
  assert.equal(links.filter((link) => link?.includes('format=') === true).length, 3);
});

test('page: classes of sources with the unknown share, with research scanners and without', chromium, async () => {
  const { open } = set();
  const { page } = await open();
  await settle(page);
  const section = page.locator('#classes');
  await section.getByText('17.7% of the sources are unknown.').waitFor();
  assert.match((await section.textContent()) ?? '', /Research scanner/);
  await page.getByLabel('Without', { exact: true }).check();
  await section.getByText('18.8% of the sources are unknown.').waitFor();
  assert.doesNotMatch((await section.textContent()) ?? '', /Research scanner/);
  await section.getByRole('button', { name: 'Show as table' }).click();
  assert.equal(await section.getByRole('region').locator('tbody tr').count(), 7 * 24);
});

test(
  'page: nobody in sight, an unknown victim, an unknown finding and a strange address are no alarms',
  chromium,
  async () => {
    const { open, server } = set();
    server.center = new FakeCenter(NOW_MS);
    server.center.isQuiet = true;
    const cases = [
      ['?page=victims', 'no victim was seen above the detection limit'],
      [VICTIM, 'That does not mean that it was not attacked.'],
      ['?page=finding&id=0f8fad5b-d9cb-569f-a165-0000000000ff', 'There is no finding with this id.'],
      ['?page=victim&address=<script>', 'There is nothing at this address.'],
      ['?page=findings', 'Nothing was found above the detectors’ limits'],
    ] as const;
    for (const [query, sentence] of cases) {
      const { page } = await open(query);
      await page.getByText(sentence).waitFor();
      assert.equal(await page.getByRole('alert').count(), 0, query);
    }
  },
);

test('page: a center whose ledger is away says so, and figures go on', chromium, async () => {
  const { open, server } = set();
  const detail = 'Cannot answer: the ledger of findings is away';
  const body = {
    type: 'urn:noroshi:problem:unavailable',
    title: 'The center cannot answer at present',
    status: 503,
    detail,
  };
  server.override = (path) => (path.startsWith('/v1/victims') ? { status: 503, body } : undefined);
  const { page } = await open();
  await settle(page);
  await page.locator('#attacks').getByText(detail).waitFor();
  await page.locator('#figures').getByText('9,520.2').first().waitFor();
});

const LOOKS = [
  { language: 'ja', colorScheme: 'light', device: DESKTOP },
  { language: 'en', colorScheme: 'dark', device: PHONE },
] as const;

for (const { language, colorScheme, device } of LOOKS) {
  const name = `page: findings in ${language}, ${colorScheme}, ${device.viewport.width} px: axe is silent, nothing is too wide`;
  test(name, chromium, async () => {
    for (const query of ['?page=victims', VICTIM, '?page=findings', FINDING]) {
      const { page, complaints, strangers } = await set().open(`${query}&lang=${language}`, { colorScheme, ...device });
      await settle(page);
      assert.deepEqual(await violations(page), [], query);
      assert.deepEqual([complaints, strangers], [[], []], query);
      await page.setViewportSize({ width: 320, height: 800 });
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(excess <= 0, `${query}: ${excess} px too wide`);
      await page.context().close();
    }
  });
}
