import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { needs, sharedData, sharedFile } from '@noroshi/kit/testing.ts';
import { LIST_PREFIXES_MAX, ORGANISATION_CHARS_MAX, parseScannerList } from './scanner-list.ts';
import { loadScannerLists, mergeLists } from './scanners.ts';

const folder = mkdtempSync(join(tmpdir(), 'noroshi-scanners-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('parseScannerList: ipset', () => {
  const text =
    'create shodan.io-ipv6 hash:net family inet6 counters\nadd shodan.io-ipv6 2001:db8::/32\nadd shodan.io 192.0.2.1/32\r\nadd x nonsense\n';
  assert.deepEqual(parseScannerList(text, 'file'), {
    format: 'ipset',
    date: '',
    about: '',
    prefixes: [
      { prefix: '2001:db8:0:0::/32', organisation: 'shodan.io' },
      { prefix: '192.0.2.1/32', organisation: 'shodan.io' },
    ],
    bad: 1,
    badShown: ['add x nonsense'],
  });
});

test('parseScannerList: plain lines', () => {
  const text =
    '# ours\n\n192.0.2.9/24  Lantern Scan\n198.51.100.1,Kite\n2001:db8::1\n10/8 x\n0.0.0.0/0 everybody\n::/8 everybody\n';
  const { prefixes, bad, badShown, format } = parseScannerList(text, 'own');
  assert.equal(format, 'plain');
  assert.deepEqual(prefixes, [
    { prefix: '192.0.2.0/24', organisation: 'Lantern Scan' },
    { prefix: '198.51.100.1/32', organisation: 'Kite' },
    { prefix: '2001:db8::1/128', organisation: 'own' },
  ]);
  assert.deepEqual([bad, badShown], [3, ['10/8 x', '0.0.0.0/0 everybody', '::/8 everybody']]);
});

test('parseScannerList: MISP warning lists, their names and dates', () => {
  const misp = (name: string, version: unknown, list: unknown = ['192.0.2.1'], type = 'cidr') => {
    return parseScannerList(JSON.stringify({ name, version, type, list, description: 'd' }), 'file');
  };
  const names: readonly [string, string][] = [
    ['Shodan IP Ranges Used for Scanning', 'Shodan'],
    ['CIRCL IP address used for security scanning', 'CIRCL'],
    ['List of published IP address ranges for Modat Scanner', 'Modat'],
    ['List of published IP address ranges for Internet Cleanup Foundation scanners', 'Internet Cleanup Foundation'],
    ['University of Michigan CSE connection-attempt network ranges', 'University of Michigan CSE'],
  ];
  for (const [name, organisation] of names) assert.equal(misp(name, 1).prefixes[0]?.organisation, organisation);
  const dates = [20_260_811, 26_081_010, 1, 99_999_999, '20260811', undefined];
  assert.deepEqual(
    dates.map((version) => misp('x', version).date),
    ['2026-08-11', '2026-08-10', '', '', '', ''],
  );
  assert.equal(misp('x', 1, ['192.0.2.1', 7, null, 'example.org']).bad, 3);
  assert.deepEqual([misp('x', 1, ['example.org'], 'hostname').prefixes, misp('x', 1, 'no list').bad], [[], 0]);
  assert.equal(misp('x', 1).about, 'x: d');
});

test('parseScannerList: whatever comes ends in a value, within the limits', () => {
  const line = fc.oneof(
    fc.string(),
    fc.tuple(fc.ipV4(), fc.nat(40), fc.string({ unit: 'binary' })).map(([ip, bits, name]) => `${ip}/${bits} ${name}`),
    fc.tuple(fc.string(), fc.ipV6()).map(([name, ip]) => `add ${name} ${ip}/64`),
    fc.json(),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const { prefixes, bad, badShown } = parseScannerList(lines.join('\n'), 'x');
      assert.ok(badShown.length <= bad);
      for (const { prefix, organisation } of prefixes) {
        assert.match(prefix, /^[0-9a-f.:]+\/\d+$/);
        assert.doesNotMatch(organisation, /\p{C}/u);
        assert.ok(organisation !== '' && organisation.length <= ORGANISATION_CHARS_MAX);
      }
    }),
  );
  fc.assert(fc.property(fc.anything(), (value) => void parseScannerList(JSON.stringify(value) ?? '', 'x')));
  const many = parseScannerList('192.0.2.1 x\n'.repeat(LIST_PREFIXES_MAX + 2), 'x');
  assert.deepEqual([many.prefixes.length, many.bad], [LIST_PREFIXES_MAX, 2]);
});

test('mergeLists: a prefix once, the first organisation in the alphabet, one name each, whatever the order of the lists', () => {
  const prefixes = [
    { prefix: '192.0.2.0/24', organisation: 'Lantern' },
    { prefix: '192.0.2.0/24', organisation: 'Kite' },
    { prefix: '192.0.2.1/32', organisation: 'shodan.io' },
    { prefix: '192.0.2.2/32', organisation: 'Shodan' },
  ];
  const expected = [
    { prefix: '192.0.2.0/24', organisation: 'Kite' },
    { prefix: '192.0.2.1/32', organisation: 'Shodan' },
    { prefix: '192.0.2.2/32', organisation: 'Shodan' },
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray(prefixes, { minLength: 4 }), (shuffled) => {
      assert.deepEqual(mergeLists(shuffled.map((prefix) => ({ prefixes: [prefix] }))), expected);
    }),
  );
});

test('loadScannerLists: files and folders; of warning lists in a folder only those about scanning', () => {
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const cdn = write(
    'cdn.json',
    JSON.stringify({ name: 'A CDN', version: 20_260_101, type: 'cidr', list: ['198.51.100.0/24'] }),
  );
  write(
    'scan.json',
    JSON.stringify({
      name: 'Kite IP Ranges Used for Scanning',
      version: 20_260_202,
      type: 'cidr',
      list: ['192.0.2.0/24'],
    }),
  );
  write('own.txt', '203.0.113.0/24  Lantern\nbad line\n');
  write('README.md', '192.0.2.1 nobody\n');
  const all = loadScannerLists([folder]);
  assert.deepEqual(all.rows, [
    { prefix: '192.0.2.0/24', organisation: 'Kite' },
    { prefix: '203.0.113.0/24', organisation: 'Lantern' },
  ]);
  assert.deepEqual(all.files, [
    { name: 'own.txt', format: 'plain', date: '', prefixes: 1, bad: 1, badShown: ['bad line'] },
    { name: 'scan.json', format: 'misp', date: '2026-02-02', prefixes: 1, bad: 0, badShown: [] },
  ]);
  assert.match(all.version, /^scanners 2026-02-02 [0-9a-f]{12}$/);
  assert.equal(loadScannerLists([cdn, folder]).rows.length, 3);
  assert.deepEqual(loadScannerLists([]), { version: '', rows: [], files: [] });
  assert.throws(() => loadScannerLists([join(folder, 'absent')]), /^Error: Cannot read .*absent: no such file$/);
});

test('loadScannerLists: real lists', needs(sharedFile('data', 'feeds', 'misp-warninglists')), () => {
  const lists = ['acknowledged-scanners', 'misp-warninglists'].map((name) => sharedData('data', 'feeds', name));
  const { rows, files, version } = loadScannerLists(lists);
  assert.ok(rows.length > 4000, `${rows.length} prefixes`);
  assert.match(version, /^scanners 20\d\d-\d\d-\d\d /);
  const bad = files.filter((file) => file.bad > 0).map(({ name }) => name);
  assert.deepEqual(bad, ['scanner_list.txt'], 'an index of names, not of prefixes');
  const organisations = new Set(rows.map(({ organisation }) => organisation));
  for (const name of ['Shodan', 'censys.io', 'Shadowserver', 'Stretchoid']) assert.ok(organisations.has(name), name);
  for (const name of ['shodan.io', 'shadowserver.org']) assert.ok(!organisations.has(name), name);
  assert.ok(![...organisations].some((name) => /akamai|cloudflare|google|tor|rfc/i.test(name)));
});
