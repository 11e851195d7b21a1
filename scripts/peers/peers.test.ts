/** How tshark's many values become the outermost packet, and how the list of deviations notices what it should. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Deviations, type Difference, type Reason } from './deviations.ts';
import { outermost, TSHARK_FIELDS } from './outermost.ts';

function line(values: Readonly<Record<string, string>>): string {
  return TSHARK_FIELDS.map((field) => values[field] ?? '').join('\t');
}

const ETHERNET = { 'frame.encap_type': '1' };
const IP = {
  ...ETHERNET,
  'ip.src': '1.1.1.1;2.2.2.2',
  'ip.dst': '3.3.3.3;4.4.4.4',
  'ip.ttl': '64;1',
  'ip.id': '0x0010;0x0001',
};

describe('outermost', () => {
  test('takes the outer header of a tunnel', () => {
    const row = outermost(
      line({ ...IP, 'frame.protocols': 'eth:ethertype:ip:gre:ip:tcp', 'ip.proto': '47;6', 'tcp.srcport': '5' }),
    );
    assert.deepEqual([row?.src, row?.proto, row?.ttl, row?.ip_id, row?.sport], ['1.1.1.1', '47', '64', '16', '']);
  });

  test('takes the ports of the outer transport, not of a quoted packet', () => {
    const values = {
      ...IP,
      'ip.proto': '1;6',
      'icmp.type': '3',
      'icmp.code': '1',
      'tcp.srcport': '5',
      'tcp.dstport': '6',
    };
    const row = outermost(line({ ...values, 'frame.protocols': 'eth:ethertype:ip:icmp:ip:tcp' }));
    assert.deepEqual([row?.icmp_type, row?.icmp_code, row?.sport], ['3', '1', '']);
  });

  test('follows extension headers, each value once', () => {
    const values = {
      'ipv6.src': '::ffff:1.2.3.4',
      'ipv6.nxt': '44',
      'ipv6.fraghdr.nxt': '44;17',
      'udp.srcport': '9',
      'udp.dstport': '8',
    };
    const row = outermost(
      line({ ...ETHERNET, ...values, 'frame.protocols': 'raw:ipv6:ipv6.fraghdr:ipv6.fraghdr:udp' }),
    );
    assert.deepEqual([row?.src, row?.proto, row?.sport, row?.dport], ['::ffff:1.2.3.4', '17', '9', '8']);
  });

  test('sees that what was announced as IPv4 is IPv6', () => {
    const row = outermost(
      line({ ...ETHERNET, 'frame.protocols': 'eth:ethertype:ip:ipv6', 'ipv6.src': '::1', 'ipv6.nxt': '6' }),
    );
    assert.deepEqual([row?.src, row?.proto], ['::1', '6']);
  });

  test('a frame without IP is a row without fields; what is no frame is none', () => {
    assert.equal(outermost(line({ ...ETHERNET, 'frame.protocols': 'eth:ethertype:arp' }))?.src, '');
    assert.equal(outermost(line({ 'frame.protocols': 'data' })), undefined);
  });
});

describe('Deviations', () => {
  const difference: Difference = {
    capture: 'a.pcap',
    peer: 'tshark',
    packet: 2,
    field: 'src',
    ours: '',
    theirs: '1.1.1.1',
  };
  const reasons = [
    { name: 'some', reason: 'because', deviations: ['a.pcap tshark 2 src - 1.1.1.1', 'b.pcap tshark 1 src - -'] },
  ];

  test('knows what is listed, to the value', () => {
    const deviations = new Deviations(reasons);
    assert.equal(deviations.has(difference), true);
    assert.equal(deviations.has({ ...difference, theirs: '1.1.1.2' }), false);
  });

  test('a line that was not met is stale, unless its capture was not read', () => {
    const deviations = new Deviations(reasons);
    assert.deepEqual(deviations.stale(new Set(['a.pcap'])), ['a.pcap tshark 2 src - 1.1.1.1']);
    deviations.has(difference);
    assert.deepEqual(deviations.stale(new Set(['a.pcap'])), []);
    assert.deepEqual(deviations.stale(new Set(['a.pcap', 'b.pcap'])), ['b.pcap tshark 1 src - -']);
  });

  test('every line of the committed list stands once, under a reason', () => {
    const { reasons: committed } = new Deviations();
    const lines = committed.flatMap(({ deviations }) => deviations);
    assert.equal(new Set(lines).size, lines.length);
    const isWhole = ({ name, reason, deviations }: Reason): boolean =>
      name !== '' && reason.length > 40 && deviations.length > 0;
    assert.ok(committed.every(isWhole));
  });
});
