import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectSource } from './house.ts';

const LATER = ['TO', 'DO'].join('');

test('inspectSource: 400 lines need no reason, 401 do', () => {
  assert.deepEqual(inspectSource('a.ts', 'x;\n'.repeat(400)), []);
  assert.match(inspectSource('a.ts', 'x;\n'.repeat(401))[0] ?? '', /^a\.ts: 401 lines and no "Long because …"/);
});

test('inspectSource: prose may be long', () => {
  assert.deepEqual(inspectSource('README.md', 'x\n'.repeat(401)), []);
});

test('inspectSource: the reason stands in the head comment', () => {
  const body = 'x;\n'.repeat(500);
  assert.deepEqual(inspectSource('a.ts', `/** Long because the table is one table. */\n${body}`), []);
  assert.equal(inspectSource('a.ts', `${body}// Long because it grew.\n`).length, 1);
});

test('inspectSource: names the line of what was left for later', () => {
  assert.deepEqual(inspectSource('a.ts', `x;\n// ${LATER}: more\n`), [
    `a.ts:2: ${LATER} in the tree: do it or file it`,
  ]);
  assert.equal(inspectSource('README.md', `${LATER}\n`).length, 1);
  assert.deepEqual(inspectSource('a.ts', `const ${LATER}S = [];\n`), []);
});
