import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importsOf, judge, type Manifests } from './boundaries.ts';

const MANIFESTS: Manifests = {
  '': { devDependencies: { 'fast-check': '1' } },
  'packages/center': { dependencies: { '@scope/declared': '1' } },
};

const ALLOWED: readonly (readonly [file: string, specifier: string])[] = [
  ['packages/wire/net/ipv4.ts', './view.ts'],
  ['packages/wire/net/ipv4.ts', '../capture/pcap.ts'],
  ['packages/wire/net/ipv4.ts', '@noroshi/wire/flow/row.ts'],
  ['packages/wire/net/ipv4.test.ts', 'node:assert/strict'],
  ['packages/wire/net/ipv4.test.ts', 'fast-check'],
  ['packages/wire/net/ipv4.test.ts', '@noroshi/kit/testing.ts'],
  ['packages/wire/net/ipv4.test.ts', '@noroshi/simulate/scan.ts'],
  ['packages/kit/log.ts', 'node:util'],
  ['packages/sensor/source/file.ts', '@noroshi/wire/capture/pcap.ts'],
  ['packages/sensor/flow/table.ts', '../source/file.ts'],
  ['packages/sensor/main.test.ts', './source/file.ts'],
  ['packages/sensor/source/file.ts', '../limits.ts'],
  ['packages/sensor/main.ts', './uplink/put.ts'],
  ['packages/center/enrich/country.ts', '@scope/declared/part.js'],
  ['packages/portal/page.ts', '@noroshi/wire/api/finding.ts'],
  ['packages/portal/build.ts', 'node:fs'],
  ['packages/portal/testing/server.ts', 'node:http'],
  ['packages/portal/testing/browser.ts', 'fast-check'],
  ['packages/cli/main.ts', '@noroshi/center/main.ts'],
  ['scripts/docs.ts', '@noroshi/wire/flow/columns.ts'],
  ['scripts/fuzz.ts', 'fast-check'],
];

const FORBIDDEN: readonly (readonly [file: string, specifier: string, sentence: RegExp])[] = [
  ['packages/wire/net/ipv4.ts', 'node:fs', /packages\/wire may import nothing/],
  ['packages/wire/net/ipv4.ts', '@noroshi/kit/log.ts', /packages\/wire may import nothing/],
  ['packages/wire/net/ipv4.ts', 'fast-check', /packages\/wire may import nothing/],
  ['packages/wire/net/ipv4.ts', '../../kit/log.ts', /climbs out of packages\/wire/],
  ['packages/wire/net/ipv4.test.ts', '@noroshi/kit/log.ts', /packages\/wire may import nothing/],
  ['packages/wire/net/ipv4.test.ts', '@noroshi/sensor/main.ts', /packages\/wire may import nothing/],
  ['packages/wire/net/ipv4.test.ts', 'undeclared', /no package\.json of packages\/wire names it/],
  ['packages/kit/log.ts', '@noroshi/wire/net/ipv4.ts', /packages\/kit may import node:/],
  ['packages/kit/log.ts', 'fs', /say node:fs/],
  ['packages/sensor/flow/table.ts', 'fast-check', /packages\/sensor may import node:/],
  ['packages/sensor/flow/table.ts', '@noroshi/center/main.ts', /packages\/sensor may import/],
  ['packages/sensor/source/file.ts', '../flow/table.ts', /source may not know flow/],
  ['packages/sensor/source/file.ts', '@noroshi/sensor/flow/table.ts', /source may not know flow/],
  ['packages/sensor/uplink/put.test.ts', '../flow/table.ts', /uplink may not know flow/],
  ['packages/sensor/limits.ts', './source/file.ts', /only main\.ts may/],
  ['packages/simulate/scan.ts', '@noroshi/sensor/main.ts', /packages\/simulate may import/],
  ['packages/center/enrich/country.ts', 'undeclared', /no package\.json of packages\/center names it/],
  ['packages/center/enrich/country.ts', 'fast-check', /no package\.json of packages\/center names it/],
  ['packages/center/detect/surge.ts', '../ingest/put.ts', /detect may not know ingest/],
  ['packages/portal/page.ts', '@noroshi/center/main.ts', /packages\/portal may import packages\/wire/],
  ['packages/portal/page.ts', 'node:fs', /packages\/portal may import/],
  ['packages/portal/src/Page.svelte', 'node:fs', /packages\/portal may import/],
  ['packages/attic/old.ts', 'node:fs', /Cannot place packages\/attic\/old\.ts/],
];

for (const [file, specifier] of ALLOWED) {
  test(`judge: ${file} may import ${specifier}`, () => assert.equal(judge(file, specifier, MANIFESTS), undefined));
}

for (const [file, specifier, sentence] of FORBIDDEN) {
  test(`judge: ${file} may not import ${specifier}`, () =>
    assert.match(judge(file, specifier, MANIFESTS) ?? '', sentence));
}

test('importsOf: sees every way to name a module and none that only looks like one', () => {
  const source = `
    import def from 'a';
    import type { T } from "b";
    import 'c';
    export { x } from 'd';
    export * from 'e';
    const late = await import('f');
    const plain = await import(\`g\`);
    // import no from 'comment';
    const text = "import no from 'string'";
  `;
  assert.deepEqual(importsOf('fake.ts', source).toSorted(), ['a', 'b', 'c', 'd', 'e', 'f', 'g']);
});

test('importsOf: a computed import names nothing', () => {
  assert.deepEqual(importsOf('fake.ts', 'await import(`./${verb}.ts`); await import(verb);'), []);
});
