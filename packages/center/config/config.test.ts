import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { COMPLAINTS_MAX } from './complaint.ts';
import { configKeys } from './keys.ts';
import { CONFIG_BYTES_MAX, ConfigError, loadConfig, parseConfig } from './load.ts';
import { configMarkdown } from './markdown.ts';
import { configTemplate, tokenDigest } from './template.ts';
import { changesBetween, nearestKey } from './suggest.ts';

const DIGEST = 'ab'.repeat(32);

function complaintsIn(text: string): string[] {
  try {
    parseConfig(text, 'noroshi.yaml');
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.complaints.map(({ line, sentence }) => `${line}: ${sentence}`);
  }
}

test('parseConfig: one key is enough, everything else has its default', () => {
  const config = parseConfig('state_folder: /var/lib/noroshi', 'noroshi.yaml');
  assert.deepEqual(config.listen, { address: '127.0.0.1', port: 8642, proxies: ['127.0.0.1', '::1'] });
  assert.deepEqual(config.store, { username: 'default', database: 'noroshi' });
  assert.deepEqual([config.portal, config.retention_days, config.day_offset_minutes], [true, 400, 0]);
  assert.deepEqual(config.log, { level: 'info', format: 'human' });
});

const WRONG: readonly (readonly [text: string, complaint: string])[] = [
  ['', '1: state_folder is missing'],
  ['state_folder: x\nlisten:\n  prot: 1', '3: unknown key listen.prot (did you mean listen.port?)'],
  ['state_folder: x\n\nport: 80', '3: unknown key port (did you mean listen.port?)'],
  ['state_folder: x\ntitel: {}', '2: unknown key titel (did you mean title?)'],
  ['state_folder: x\nqwertyuiop: 1', '2: unknown key qwertyuiop'],
  ['state_folder: x\nlisten: { port: 99999 }', '2: listen.port is more than 65535'],
  ['state_folder: x\nlisten: { port: -1 }', '2: listen.port is less than 0'],
  ['state_folder: x\nlisten: { port: eighty }', '2: listen.port is not a whole number'],
  ['state_folder: x\nlisten: { address: localhost }', '2: listen.address is not an IPv4 or IPv6 address'],
  ['state_folder: x\nlisten:\n  tls:\n    key_file: k', '3: listen.tls.certificate_file is missing'],
  ['state_folder: x\nstore: { url: "ftp://x" }', '2: store.url is not an http or https address'],
  ['state_folder: x\nstore: { url: "http://x", path: y }', '2: store has a path and a url: one of them is enough'],
  ['state_folder: x\nday_offset_minutes: 30', '2: day_offset_minutes is no multiple of 60'],
  ['state_folder: x\nlog: { level: loud }', '2: log.level is none of debug, info, warning, error'],
  ['state_folder: x\nportal: yes', '2: portal is not true or false'],
  ['state_folder: x\nsensors: tokyo', '2: sensors is not a list'],
  ['state_folder: x\nsensors:\n  - name: a', '3: sensors[0] has neither token_sha256 nor certificate_sha256'],
  [
    `state_folder: x\nsensors:\n  - name: A b\n    token_sha256: ${DIGEST}`,
    '3: sensors[0].name is not a name of a-z, 0-9 and hyphens',
  ],
  ['state_folder: x\nstate_folder: y', '2: not YAML: Map keys must be unique'],
  ['state_folder: [x', '1: not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]'],
  ['- x', '1: the file is not a map of keys'],
];

for (const [text, complaint] of WRONG) {
  test(`parseConfig: ${JSON.stringify(text)} is refused with its line`, () => {
    assert.equal(complaintsIn(text)[0], complaint);
  });
}

test('parseConfig: everything wrong is said at once, in the order of the lines, within a limit', () => {
  const text = 'listen:\n  prot: 1\nstate_folder: 7\nsensors:\n  - nam: a\n';
  assert.deepEqual(complaintsIn(text), [
    '2: unknown key listen.prot (did you mean listen.port?)',
    '3: state_folder is not a text',
    '5: sensors[0].name is missing',
    '5: unknown key sensors[0].nam (did you mean sensors[].name?)',
  ]);
  const many = Array.from({ length: 50 }, (_, index) => `wrong${index}: 1`).join('\n');
  assert.equal(complaintsIn(many).length, COMPLAINTS_MAX);
});

test('parseConfig: a sensor’s name is its own', () => {
  const sensor = (name: string): string => `  - name: ${name}\n    token_sha256: ${DIGEST}\n`;
  assert.deepEqual(complaintsIn(`state_folder: x\nsensors:\n${sensor('a')}${sensor('b')}${sensor('a')}`), [
    '7: sensors[2].name is the name of an earlier sensor',
  ]);
});

test('parseConfig: complaints repeat no value, for it may be secret', () => {
  const text = `state_folder: x
sensors:
  - name: a
    token_sha256: hunter2hunter2
    prefixes: [198.51.100.999, 203.0.113.0/33, 2001:db8::/129]
store: { url: "nonsense://hunter2:hunter2@x", password_file: [hunter2] }`;
  const complaints = complaintsIn(text).join('\n');
  assert.match(complaints, /4: sensors\[0\]\.token_sha256 is not a SHA-256 in lower-case hex/);
  assert.match(complaints, /5: sensors\[0\]\.prefixes\[2\] is not an address or a prefix/);
  assert.doesNotMatch(complaints, /hunter2|198\.51|203\.0|2001/);
});

test('parseConfig: aliases that multiply are refused', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 9; level++) {
    const [name, below] = ['abcdefghij'[level], 'abcdefghij'[level - 1]];
    bomb.push(`${name}: &${name} [${`*${below},`.repeat(9)}]`);
  }
  assert.match(complaintsIn(bomb.join('\n'))[0] ?? '', /^1: not YAML: Excessive alias count/);
});

test('parseConfig: any text gives a configuration or a ConfigError', () => {
  const word = fc.constantFrom(
    'listen',
    'port',
    'sensors',
    ':',
    '\n',
    '  ',
    '- ',
    '{',
    '}',
    '[',
    '&a',
    '*a',
    '!!x',
    '#',
    '"',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(word, fc.string({ maxLength: 4 })), { maxLength: 40 }), (parts) => {
      complaintsIn(parts.join(''));
    }),
  );
});

test('loadConfig: paths start at the file’s folder', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-config-'));
  context.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'sub'));
  const file = join(folder, 'sub', 'noroshi.yaml');
  writeFileSync(
    file,
    `state_folder: ../state
scanner_lists: [lists, /etc/lists]
tables: { country_file: c.mmdb }
store: { url: "http://127.0.0.1:8123", password_file: p }
listen: { tls: { certificate_file: c.pem, key_file: k.pem } }`,
  );
  const config = loadConfig(file);
  assert.equal(config.state_folder, join(folder, 'state'));
  assert.deepEqual(config.scanner_lists, [join(folder, 'sub/lists'), '/etc/lists']);
  assert.deepEqual(config.tables, { country_file: join(folder, 'sub/c.mmdb') });
  assert.equal(config.store.password_file, join(folder, 'sub/p'));
  assert.deepEqual(config.listen.tls, {
    certificate_file: join(folder, 'sub/c.pem'),
    key_file: join(folder, 'sub/k.pem'),
  });
  writeFileSync(file, '');
  truncateSync(file, CONFIG_BYTES_MAX + 1);
  assert.throws(() => loadConfig(file), /^ConfigError: Cannot read .*: line 1: the file is larger than /);
});

test('every key is documented, and has its row', () => {
  const keys = configKeys();
  assert.ok(keys.length > 30);
  for (const { path, sentence, type } of keys) {
    assert.match(sentence, /\.$/, `${path} has no sentence`);
    assert.doesNotMatch(type, /undefined/, path);
    assert.ok(configMarkdown().includes(`| \`${path}\` |`));
  }
});

test('nearestKey: the same map first, nothing when nothing is near', () => {
  assert.equal(nearestKey('store', 'datbase'), 'store.database');
  assert.equal(nearestKey('listen.tls', 'key'), undefined);
  assert.equal(nearestKey('', 'sensor'), 'sensors');
  assert.equal(nearestKey('', 'zzz'), undefined);
});

test('changesBetween: slips of the fingers', () => {
  assert.deepEqual(
    [
      changesBetween('port', 'port'),
      changesBetween('prot', 'port'),
      changesBetween('prt', 'port'),
      changesBetween('', 'ab'),
    ],
    [0, 1, 1, 2],
  );
  fc.assert(fc.property(fc.string(), fc.string(), (a, b) => changesBetween(a, b) === changesBetween(b, a)));
});

test('configTemplate: is a configuration, names every key, and stays one when a line is uncommented', () => {
  const sensor = { name: 'sensor-1', feed: 'network', token_sha256: tokenDigest('secret') } as const;
  const text = configTemplate(sensor);
  const config = parseConfig(text, 'noroshi.yaml');
  assert.deepEqual([config.state_folder, config.sensors], ['state', [sensor]]);
  assert.equal(text.includes('secret'), false);
  for (const { path } of configKeys()) assert.match(text, new RegExp(`\\b${path.split('.').at(-1)}:`), path);
  const lines = text.split('\n').map((line) => (/^# +[a-z_]+:( [^<]|$)/.test(line) ? line.slice(2) : line));
  const whole = lines.filter((line) => !/^ *(title|tls|tables|ledger):/.test(line)).join('\n');
  assert.deepEqual(parseConfig(whole, 'noroshi.yaml'), config);
});
