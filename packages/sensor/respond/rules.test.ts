/** The rules as text: what `--dry-run` prints and the kernel gets. kernel.test.ts tries them on a kernel. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandText, commandsOf } from './rules.ts';
import { checkTerritory } from './responder.ts';

test('commandsOf: both families, with what is left alone', () => {
  const territory = { prefixes: ['192.0.2.0/24', '2001:db8::/64'], except: ['192.0.2.1'], port: 17_761 };
  assert.deepEqual(commandsOf(territory).map(commandText), [
    'ip -4 rule add priority 17761 fwmark 0x6e6f0000/0xffff0000 lookup 17761',
    'ip -4 route replace local default dev lo table 17761',
    'ip -6 rule add priority 17761 fwmark 0x6e6f0000/0xffff0000 lookup 17761',
    'ip -6 route replace local default dev lo table 17761',
    `nft -f - <<'END'
table inet noroshi_respond {
  chain prerouting {
    type filter hook prerouting priority mangle; policy accept;
    ip daddr { 192.0.2.1 } return
    ip daddr { 192.0.2.0/24 } meta l4proto tcp tproxy ip to 127.0.0.1:17761 meta mark set meta mark & 0x0000ffff | 0x6e6f0000 accept
    ip6 daddr { 2001:db8::/64 } meta l4proto tcp tproxy ip6 to [::1]:17761 meta mark set meta mark & 0x0000ffff | 0x6e6f0000 accept
  }
}
END`,
  ]);
});

test('commandsOf: IPv4 alone touches nothing of IPv6', () => {
  const texts = commandsOf({ prefixes: ['192.0.2.0/24'], except: [], port: 1 })
    .map(commandText)
    .join('\n');
  assert.doesNotMatch(texts, /-6|ip6/);
});

test('checkTerritory refuses no prefix, what is none, and the machine’s own address', () => {
  const machine = [{ address: '192.0.2.1', name: 'eth0' }];
  assert.throws(() => checkTerritory({ prefixes: [], except: [] }, machine), /no prefix says/);
  assert.throws(() => checkTerritory({ prefixes: ['192.0.2.0/99'], except: [] }, machine), /"192\.0\.2\.0\/99"/);
  assert.throws(
    () => checkTerritory({ prefixes: ['192.0.2.0/24; flush ruleset'], except: [] }, machine),
    /Cannot read prefix/,
  );
  assert.throws(() => checkTerritory({ prefixes: ['192.0.2.0/24'], except: [] }, machine), /192\.0\.2\.1 .*\(eth0\)/);
  checkTerritory({ prefixes: ['192.0.2.0/24'], except: ['192.0.2.1'] }, machine);
  checkTerritory({ prefixes: ['198.51.100.0/24'], except: [] }, machine);
});
