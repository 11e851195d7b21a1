/** Writes small MaxMind DB files for tests: records of 24, 28 or 32 bits, values of maps, texts and numbers. */
import { parseAddress } from '@noroshi/wire/net/address.ts';

export type Value = string | number | { readonly [name: string]: Value };

/** A prefix of the tree (IPv4 as `::a.b.c.d/96+n`, where mmdb keeps it) and its record. */
export interface Entry {
  readonly prefix: string;
  readonly record: Value;
}

interface Node {
  readonly children: [Node | number | undefined, Node | number | undefined];
}

export function mmdbOf(entries: readonly Entry[], recordBits: 24 | 28 | 32, ipVersion: 4 | 6 = 6): Buffer {
  const data: Buffer[] = [];
  let dataBytes = 0;
  const root: Node = { children: [undefined, undefined] };
  for (const { prefix, record } of entries) {
    place(root, bitsOf(prefix, ipVersion), dataBytes);
    const encoded = encode(record);
    data.push(encoded);
    dataBytes += encoded.length;
  }
  const nodes = numbered(root);
  const tree = nodes.map((node) => writeNode(node, nodes, recordBits));
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: Date.UTC(2026, 0, 2) / 1000,
    database_type: 'Test',
    ip_version: ipVersion,
    node_count: nodes.length,
    record_size: recordBits,
    languages: 'en',
    description: {},
  });
  return Buffer.concat([
    ...tree,
    Buffer.alloc(16),
    ...data,
    Buffer.from('abcdef4d61784d696e642e636f6d', 'hex'),
    metadata,
  ]);
}

function bitsOf(prefix: string, ipVersion: 4 | 6): number[] {
  const [address, length] = prefix.split('/');
  const words = parseAddress(address) ?? [0, 0, 0, 0];
  const isIpv4 = !address.includes(':');
  const own = isIpv4 ? [words[3]] : words;
  const bits = own
    .flatMap((word) => Array.from({ length: 32 }, (_, bit) => (word >>> (31 - bit)) & 1))
    .slice(0, Number(length));
  return isIpv4 && ipVersion === 6 ? [...new Array<number>(96).fill(0), ...bits] : bits;
}

function place(root: Node, bits: readonly number[], data: number): void {
  let node = root;
  for (const bit of bits.slice(0, -1)) {
    const child = node.children[bit] ?? { children: [undefined, undefined] };
    if (typeof child === 'number') throw new RangeError('prefixes overlap');
    node.children[bit] = child;
    node = child;
  }
  node.children[bits[bits.length - 1]] = data;
}

function numbered(root: Node): Node[] {
  const nodes = [root];
  for (const node of nodes) for (const child of node.children) if (typeof child === 'object') nodes.push(child);
  return nodes;
}

function writeNode({ children }: Node, nodes: readonly Node[], recordBits: number): Buffer {
  const [left, right] = children.map((child) => {
    if (child === undefined) return nodes.length;
    return typeof child === 'number' ? nodes.length + 16 + child : nodes.indexOf(child);
  });
  const bytes = Buffer.alloc(recordBits / 4);
  if (recordBits === 32) {
    bytes.writeUInt32BE(left, 0);
    bytes.writeUInt32BE(right, 4);
    return bytes;
  }
  bytes.writeUIntBE(left & 0xffffff, 0, 3);
  bytes.writeUIntBE(right & 0xffffff, recordBits === 24 ? 3 : 4, 3);
  if (recordBits === 28) bytes[3] = ((left >>> 24) << 4) | (right >>> 24);
  return bytes;
}

function encode(value: Value): Buffer {
  if (typeof value === 'string') return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(6, 4), bytes]);
  }
  const entries = Object.entries(value);
  return Buffer.concat([
    control(7, entries.length),
    ...entries.flatMap(([name, inner]) => [encode(name), encode(inner)]),
  ]);
}

/** Type in the upper three bits, size in the lower five; from 29 to 284 in a byte of its own. */
function control(type: number, size: number): Buffer {
  return size < 29 ? Buffer.from([(type << 5) | size]) : Buffer.from([(type << 5) | 29, size - 29]);
}
