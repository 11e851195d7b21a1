/** The configuration: what a template gives, what is wrong and in which line, and that a value is never repeated. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CONFIG_KEYS } from './config-keys.ts';
import { LIST_MAX, readEntries } from './config-text.ts';
import { sensorTemplate } from './config-template.ts';
import { ConfigError, parseSensorConfig, prefixesOf } from './sensor-config.ts';

const parse = (text: string) => parseSensorConfig(text, 'sensor.conf', '/etc/noroshi');
const LEAST = 'name = s\ninterface = eth1 192.0.2.0/24\ncenter.url = https://c.example\ncenter.token_file = token\n';

function complaintsOf(text: string): string[] {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.complaints.map(({ line, sentence }) => `${line}: ${sentence}`);
  }
  return [];
}

test('sensorTemplate: is a configuration, says every key, and its comments are what is in force', () => {
  const text = sensorTemplate();
  const config = parse(text);
  assert.equal(config.name, 'sensor-1');
  assert.deepEqual(config.interfaces, [{ name: 'eth1', prefixes: ['192.0.2.0/24', '2001:db8::/64'] }]);
  assert.equal(config.center.token_file, '/etc/noroshi/token');
  assert.equal(config.state_folder, '/var/lib/noroshi-sensor');
  for (const { name, sentence } of CONFIG_KEYS) {
    assert.match(text, new RegExp(`^(# )?${name.replaceAll('.', '\\.')} = `, 'm'));
    assert.match(sentence, /\.$|…$/);
  }
  // What is commented out, said aloud, changes nothing.
  const known = new Map(
    CONFIG_KEYS.flatMap((key) => ('initially' in key ? [[key.name as string, key.initially]] : [])),
  );
  const aloud = text.replaceAll(/^# ([\w.]+) = (.+)$/gm, (line, name: string) =>
    known.has(name) ? line.slice(2) : line,
  );
  assert.deepEqual(parse(aloud), config);
});

test('parseSensorConfig: comments, blanks, several interfaces, absolute and relative paths', () => {
  const config = parse(
    `${LEAST}\r\n  # a comment\ninterface = eth2 192.0.2.0/24, 2001:db8::/48 # both\nstate_folder = state\n` +
      'capture.promiscuous = true\nmanager = 203.0.113.9\nmanager = 2001:db8::5\nring.mebibytes = 3\n',
  );
  assert.deepEqual(prefixesOf(config), ['192.0.2.0/24', '2001:db8::/48']);
  assert.equal(config.state_folder, '/etc/noroshi/state');
  assert.equal(config.capture.isPromiscuous, true);
  assert.equal(config.ring_bytes, 3 * 1024 * 1024);
  assert.deepEqual(config.managers, ['203.0.113.9', '2001:db8::5']);
});

test('parseSensorConfig: everything that is wrong at once, with its line, never with its value', () => {
  const text = `nmae = x
interface = eth1
interface = eth1 192.0.2.300/24
token_file = secret-value
center.url = ftp://secret-value
capture.snap_bytes = 5
capture.program = secret-value
spool.mebibytes
log.level = info
log.level = info`;
  const found = complaintsOf(text);
  assert.deepEqual(found, [
    '0: name is missing',
    '1: unknown key "nmae" (did you mean name?)',
    '2: interface is not <interface> <prefix> …',
    '3: interface names something that is neither address nor address/length',
    '4: unknown key "token_file" (did you mean center.token_file?)',
    '5: center.url is no http:// or https:// address',
    '5: center has neither token_file nor certificate_file',
    '6: capture.snap_bytes is not a whole number from 96 to 65535',
    '7: capture.program is none of auto, tcpdump, dumpcap',
    '8: is not key = value',
    '10: log.level stands twice, first in line 9',
  ]);
  assert.ok(!found.join().includes('secret-value'));
});

test('parseSensorConfig: a client certificate alone is enough, but not without its key', () => {
  const base = LEAST.replace(/center.token_file.*\n/, '');
  assert.deepEqual(complaintsOf(`${base}center.certificate_file = a\ncenter.key_file = b`), []);
  assert.deepEqual(complaintsOf(`${base}center.certificate_file = a`), [
    '4: center.certificate_file and center.key_file go together',
  ]);
});

test('readEntries: a list at its limit is taken, beyond it is not', () => {
  const managers = (count: number): string => 'manager = 192.0.2.1\n'.repeat(count);
  assert.deepEqual(complaintsOf(LEAST + managers(LIST_MAX)), []);
  assert.equal(complaintsOf(LEAST + managers(LIST_MAX + 1)).length, 1);
});

test('readEntries: no text makes it throw', () => {
  const line = fc
    .tuple(fc.constantFrom(...CONFIG_KEYS.map(({ name }) => name)), fc.string())
    .map(([name, text]) => `${name}=${text}`);
  fc.assert(
    fc.property(fc.array(fc.oneof(line, fc.string())), (lines) => {
      assert.ok(readEntries(lines.join('\n')).complaints.length <= 10);
    }),
  );
});
