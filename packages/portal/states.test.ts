/** The built page in a real browser: what it says when data is live, invented, missing, wrong or hostile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle, violations } from './testing/browser.ts';
import { FakeCenter, minuteAt } from './testing/fixtures.ts';
import { chromium, NOW_MS, stage } from './testing/stage.ts';

const MINUTE_MS = 60_000;
const set = stage();

test('page: says plainly that traffic is simulated, or replayed', chromium, async () => {
  const { open, server } = set();
  const { page } = await open();
  await page.getByText('Simulated traffic — not an observation').waitFor();
  await page.getByLabel('日本語').check();
  await page.getByText('模擬データ').waitFor();
  server.center = new FakeCenter(NOW_MS, ['replay', 'simulation']);
  const replayed = await open();
  await replayed.page.getByText('Replayed captures — not live').waitFor();
  await replayed.page.getByText('Not live: a recording').waitFor();
  assert.ok(!server.asked.some((path) => path.includes('events?feed=replay')));
  await replayed.page.getByLabel('Simulation').check();
  await replayed.page.getByText('Simulated traffic').waitFor();
  assert.match(replayed.page.url(), /feed=simulation/);
});

test('page: a new minute appears without a reload; a lost connection is said, and comes back', chromium, async () => {
  const { open, server } = set();
  const { page, complaints } = await open('?tables=live&live=1h');
  await settle(page);
  await page.getByText('Live: new minutes appear by themselves').waitFor();
  const rows = page.locator('#live tbody tr');
  await rows.first().getByText('14:46').waitFor();
  server.send({ ...minuteAt(NOW_MS), accesses: 256 * 77, scanner_accesses: 0 });
  await rows.first().getByText('14:47').waitFor();
  await rows.first().getByText('77.0').waitFor();
  // The same minute again, revised.
  server.send({ ...minuteAt(NOW_MS), accesses: 256 * 88, scanner_accesses: 0 });
  await rows.first().getByText('88.0').waitFor();
  assert.equal(await rows.count(), 60);
  const asked = server.asked.filter((path) => path.startsWith('/v1/live?')).length;
  server.center = new FakeCenter(NOW_MS + 3 * MINUTE_MS);
  server.hangUp();
  await page.getByText('Connection lost').waitFor();
  await page.getByText('Live: new minutes appear by themselves').waitFor();
  // What came meanwhile is asked for.
  await rows.first().getByText('14:49').waitFor();
  assert.equal(server.asked.filter((path) => path.startsWith('/v1/live?')).length, asked + 1);
  assert.deepEqual(
    complaints.filter((text) => !text.includes('net::ERR')),
    [],
  );
});

test('page: foreign text stays text', chromium, async () => {
  const { open } = set();
  const { page, complaints } = await open();
  await settle(page);
  await page.locator('#networks').getByText('<img src=x').waitFor();
  assert.equal(await page.evaluate(() => 'hacked' in globalThis), false);
  assert.equal(await page.locator('img, main script').count(), 0);
  assert.deepEqual(complaints, []);
});

test(
  'page: a center without data, and one without an answer, are said in words; trying again helps',
  chromium,
  async () => {
    const { open, server } = set();
    server.center = new FakeCenter(NOW_MS, []);
    const { page } = await open();
    await page.getByText('No data yet.').waitFor();
    assert.deepEqual(await violations(page), []);
    const detail = 'Cannot answer: the database is away';
    const problem = { type: 'urn:noroshi:problem:unavailable', title: 'Unavailable', status: 503, detail };
    server.override = (path) => (path.startsWith('/v1/') ? { status: 503, body: problem } : undefined);
    await page.goto(server.url);
    await page.getByText(detail).waitFor();
    assert.deepEqual(await violations(page), []);
    server.reset(new FakeCenter(NOW_MS));
    await page.getByRole('button', { name: 'Try again' }).click();
    await settle(page);
  },
);

test('page: one part that fails leaves the others alone', chromium, async () => {
  const { open, server } = set();
  server.override = (path) => {
    if (path === '/v1/rankings/ports') return { status: 200, body: { rows: 'none' } };
    return path === '/v1/rankings/marks' ? { status: 502, body: 'bad gateway' } : undefined;
  };
  const { page } = await open();
  await settle(page);
  await page.locator('#ports').getByText('Cannot understand the answer: feed is not one of').waitFor();
  await page.locator('#marks').getByText('the centre reports error 502').waitFor();
  assert.equal(await page.locator('#victims tbody tr').count(), 10);
  server.reset(new FakeCenter(NOW_MS));
  await page.locator('#ports').getByRole('button', { name: 'Try again' }).click();
  await page.locator('#ports').getByText('445/tcp').waitFor();
});

test('page: an account that does not add up is said where nobody overlooks it', chromium, async () => {
  const { open, server } = set();
  server.override = (path) => {
    return path === '/v1/conservation'
      ? { status: 200, body: server.center.conservation('simulation', 12) }
      : undefined;
  };
  const { page } = await open();
  await settle(page);
  await page.getByText('does not add up').first().waitFor();
  assert.equal(await page.getByText('Difference: \u221212').count(), 2);
});

test(
  'page: of a recording, what was last in it is shown with the days that have it, and only there',
  chromium,
  async () => {
    const { open, server } = set();
    server.center = new FakeCenter(NOW_MS, ['replay']);
    const earlier = await open('?feed=replay&period=2025-10-01/2025-10-08');
    await settle(earlier.page);
    const parts = earlier.page.locator('#attacks, #live, a[href="#attacks"], a[href="#live"]');
    assert.equal(await parts.count(), 0);
    assert.ok(!server.asked.some((path) => path.startsWith('/v1/live')));
    const last = await open('?feed=replay&period=2025-11-21');
    await settle(last.page);
    await last.page.getByRole('heading', { name: 'Last 24 hours of the recording' }).waitFor();
    await last.page.getByRole('heading', { name: 'Under attack at the end of the recording' }).waitFor();
  },
);

test('page: a feed of which the center holds nothing is named, and what is shown instead', chromium, async () => {
  const { open } = set();
  const { page } = await open('?feed=network');
  await page.getByText('This centre holds nothing of “Live sensors”. Shown instead: Simulation.').waitFor();
  const usual = await open('?feed=simulation');
  await settle(usual.page);
  assert.equal(await usual.page.getByText('This centre holds nothing of').count(), 0);
});

test('page: rows under way are named, and break nothing', chromium, async () => {
  const { open, server } = set();
  server.override = (path) => {
    const body = { ...server.center.conservation('simulation'), under_way: 1 };
    return path === '/v1/conservation' ? { status: 200, body } : undefined;
  };
  const { page } = await open();
  await page.getByText('1 more packet is being stored and is not counted yet.').waitFor();
  await page.locator('#conservation').getByText('✓ adds up').waitFor();
});

test('page: sensors that fell silent are noticed', chromium, async () => {
  const { open } = set();
  const { page } = await open('', {}, NOW_MS + 40 * MINUTE_MS);
  await page.getByText('The newest data is from 21 Nov 14:47').first().waitFor();
});
