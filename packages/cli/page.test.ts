/** The page in a real browser before a real center that was fed with a capture: what the API says is what a reader sees. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs, program } from '@noroshi/kit/testing.ts';
import { CHROMIUM, launch, open, settle, violations } from '@noroshi/portal/testing/browser.ts';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import type { Ranking, Summary } from '@noroshi/wire/api/figures.ts';
import { folder, noroshi } from './testing.ts';
import { runCenter, TOKEN, writeConfig } from './up/testing.ts';

/** 2021-02-01T00:00:00Z. */
const START_S = 1_612_137_600;
const CAPTURE = { seed: 3, packets: 20_000, start_s: START_S, duration_s: 2 * 86_400 };

test('page: a replayed capture stands on it, in the figures of the API', needs(program(CHROMIUM)), async (context) => {
  const path = folder(context);
  const center = await runCenter(context, writeConfig(path, '', true));
  writeFileSync(join(path, 'a.pcap'), simulateToBytes(CAPTURE).bytes);
  writeFileSync(join(path, 'token'), `${TOKEN}\n`);
  const replay = noroshi(['replay', '--center', center.url, '--token-file', join(path, 'token'), join(path, 'a.pcap')]);
  assert.equal(replay.code, 0, replay.errors);
  const address = /http\S+\?feed=replay\S*/.exec(replay.out)?.[0] ?? '';
  const browser = await launch();
  context.after(() => browser.close());

  const { page, complaints, strangers } = await open(browser, `${address}&lang=en`, Date.now());
  await settle(page);
  await page.getByText('Replayed captures — not live').waitFor();
  await page.locator('#conservation').getByText('✓ adds up').waitFor();

  const query = new URL(address).search;
  const summary = (await (await fetch(`${center.url}/v1/summary${query}`)).json()) as Summary;
  const value = summary.figures.find(({ id }) => id === 'accesses')?.all.value ?? 0;
  assert.ok(value > 0);
  const written = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value);
  assert.ok((await page.locator('#figures').innerText()).includes(written), written);
  const ports = (await (await fetch(`${center.url}/v1/rankings/ports${query}&limit=10`)).json()) as Ranking;
  const names = await page.locator('#ports tbody strong').allInnerTexts();
  assert.deepEqual(
    names,
    ports.rows.map(({ key }) => key),
  );
  assert.ok((await page.locator('#victims tbody tr').count()) > 0);
  const countries = (await (await fetch(`${center.url}/v1/rankings/countries${query}&limit=300`)).json()) as Ranking;
  const isKnown = countries.rows.some(({ key, rate }) => key === 'US' && rate !== null && rate > 0);
  assert.equal((await page.locator('#countries svg path:not(.shade-0)').count()) > 0, isKnown);

  for (const link of await page.locator('a[href^="v1/"]').all()) {
    const href = (await link.getAttribute('href')) ?? '';
    const answer = await fetch(`${center.url}/${href}`);
    const type = answer.headers.get('content-type') ?? '';
    assert.equal(answer.status, 200, `${href}: ${await answer.text()}`);
    if (href.includes('format=csv')) assert.match(type, /^text\/csv/, href);
  }
  assert.deepEqual(await violations(page), []);
  assert.deepEqual([complaints, strangers], [[], []]);
});
