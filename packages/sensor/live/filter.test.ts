/** The filter that the kernel gets: as libpcap understands it, and never about more than the sensor's own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { needs, program } from '@noroshi/kit/testing.ts';
import { filterOf, sizeOf } from './filter.ts';

const NOBODY = { managers: [], center: undefined };

test('filterOf: prefixes as libpcap wants them, traffic of ours left out', () => {
  assert.equal(
    filterOf(['192.0.2.7/24', '2001:db8::1/64', '198.51.100.9', '2001:db8::9'], {
      managers: ['203.0.113.0/28', '2001:db8:1::/48'],
      center: { addresses: ['203.0.113.80', '2001:db8::80'], port: 443 },
    }),
    '(dst net 192.0.2.0/24 or dst net 2001:db8::/64 or dst host 198.51.100.9 or dst host 2001:db8::9)' +
      ' and not net 203.0.113.0/28 and not net 2001:db8:1::/48' +
      ' and not ((host 203.0.113.80 or host 2001:db8::80) and tcp port 443)',
  );
  assert.throws(() => filterOf(['nonsense'], NOBODY), RangeError);
});

test('filterOf: libpcap compiles what it gives, for 256 prefixes as well', needs(program('tcpdump')), () => {
  const many = Array.from({ length: 256 }, (_, index) => `10.${index >> 8}.${index & 255}.${index & 240}/28`);
  const lists = [many, ['0.0.0.0/0'], ['::/0'], ['192.0.2.255/31', '2001:db8::ffff/127']];
  for (const prefixes of lists) {
    const filter = filterOf(prefixes, { managers: ['192.0.2.1'], center: { addresses: ['192.0.2.2'], port: 8642 } });
    const { status, stderr } = spawnSync('tcpdump', ['-d', '-y', 'EN10MB', filter], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  }
});

test('sizeOf: addresses and networks of 64 bits', () => {
  assert.deepEqual(sizeOf(['192.0.2.0/24', '198.51.100.1', '2001:db8::/62', '2001:db8:f::1']), {
    addresses: 257,
    networks64: 5,
  });
  assert.deepEqual(sizeOf([]), { addresses: 0, networks64: 0 });
});
