/**
 * What payloads say: an open table of patterns that attack a weakness, found in the first 128 bytes of a row's first payload, and the
 * word of a prober about itself. Patterns are our own, from what is public about each weakness. A request that anybody may send (Redis
 * INFO, an SMB or RDP negotiation, a TLS hello, `/.env`) is none. One pass over the bytes: patterns are looked for by their first byte.
 */
import type { FlowBatch } from '../../flow-batch.ts';

export interface PayloadRule {
  readonly name: string;
  readonly sentence: string;
  /** CVE, or where the weakness is described. */
  readonly citation: string;
  /** Lower case; upper and lower case of the payload are the same. Any of them. */
  readonly patterns: readonly string[];
}

export const EXPLOIT_RULES: readonly PayloadRule[] = [
  {
    name: 'log4shell',
    sentence: 'A JNDI look-up for Log4j, plain or behind nested look-ups.',
    citation: 'CVE-2021-44228',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the pattern is that text
    patterns: ['${jndi:', '${${lower:', '${${upper:', '${${env:', '${${::-', '%24%7bjndi', '$%7bjndi:'],
  },
  {
    name: 'shell_injection',
    sentence: 'A shell command that fetches a program, inside a request to an embedded device.',
    citation: 'OWASP: command injection; JAWS /shell, GPON, NETGEAR and their like',
    patterns: [
      '/bin/busybox',
      ';wget+http',
      ';wget%20http',
      ';wget http',
      '`wget+http',
      '`busybox+wget',
      ';curl+http',
      ';cd+/tmp',
      '?cd+/tmp',
      'cd /tmp;',
      'cd /tmp ||',
    ],
  },
  {
    name: 'gpon',
    sentence: 'GPON home routers: command injection.',
    citation: 'CVE-2018-10562',
    patterns: ['/gponform/diag_form'],
  },
  {
    name: 'netgear_setup',
    sentence: 'NETGEAR DGN: setup.cgi runs a command.',
    citation: 'Exploit-DB 25978',
    patterns: ['setup.cgi?next_file=netgear.cfg'],
  },
  {
    name: 'huawei_hg532',
    sentence: 'Huawei HG532: UPnP upgrade service runs a command.',
    citation: 'CVE-2017-17215',
    patterns: ['/ctrlt/deviceupgrade'],
  },
  {
    name: 'realtek_sdk',
    sentence: 'Realtek SDK: miniigd runs a command.',
    citation: 'CVE-2014-8361',
    patterns: ['/picsdesc.xml', '/wanipcn.xml'],
  },
  {
    name: 'phpunit',
    sentence: 'PHPUnit evaluates what it is sent.',
    citation: 'CVE-2017-9841',
    patterns: ['phpunit/src/util/php/eval-stdin.php', 'phpunit/util/php/eval-stdin.php'],
  },
  {
    name: 'thinkphp',
    sentence: 'ThinkPHP calls any function.',
    citation: 'CVE-2018-20062',
    patterns: ['invokefunction&function=call_user_func'],
  },
  {
    name: 'traversal',
    sentence: 'A path that climbs out, encoded to pass Apache 2.4.49 and its like.',
    citation: 'CVE-2021-41773, CVE-2021-42013',
    patterns: ['/.%2e/', '/%2e%2e/', '/.%%32%65/', '/%%32%65%%32%65/', '/../../../etc/passwd'],
  },
  {
    name: 'shellshock',
    sentence: 'A function definition for bash in a header.',
    citation: 'CVE-2014-6271',
    patterns: ['() { :;', '() { _;'],
  },
  {
    name: 'spring4shell',
    sentence: 'Spring: binds to the class loader.',
    citation: 'CVE-2022-22965',
    patterns: ['class.module.classloader'],
  },
  {
    name: 'ognl',
    sentence: 'OGNL for Struts or Confluence.',
    citation: 'CVE-2017-5638, CVE-2022-26134',
    patterns: ['%{(#', '%24%7b%28%23', '/%24%7b%40'],
  },
  {
    name: 'adb_shell',
    sentence: 'A shell over Android Debug Bridge.',
    citation: 'adb protocol: OPEN with shell:',
    patterns: ['shell:cd /data/local/tmp', 'shell:busybox'],
  },
  {
    name: 'redis_write',
    sentence: 'Redis is told where to write, or to follow another server.',
    citation: 'Redis CONFIG SET dir, SLAVEOF; known from cron and module attacks',
    patterns: ['config\r\n$3\r\nset\r\n$3\r\ndir', 'config set dir', 'slaveof\r\n$'],
  },
];

/** RFC 9511 §4: the URI of the probe's description in the payload: a file at a well-known place, or a mail address. */
const SCHEME = bytesOf('://');
const PROBE_PATH = bytesOf('/.well-known/probing.txt');
const MAILTO = bytesOf('mailto:');

/** What a payload was found to be. */
export const PAYLOAD_NOTHING = 0;
export const PAYLOAD_EXPLOIT = 1;
export const PAYLOAD_PROBE_URI = 2;

const FOLD = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte));

interface Pattern {
  readonly bytes: Uint8Array;
  readonly rule: PayloadRule;
}

/** Patterns by their first byte; most bytes begin none. */
class Patterns {
  private readonly byFirst: (readonly Pattern[] | undefined)[] = new Array<undefined>(256).fill(undefined);

  constructor(rules: readonly PayloadRule[]) {
    for (const rule of rules) {
      for (const text of rule.patterns) {
        const bytes = bytesOf(text);
        this.byFirst[bytes[0]] = [...(this.byFirst[bytes[0]] ?? []), { bytes, rule }];
      }
    }
  }

  /** The rule of the first pattern in payload [from, to). */
  find(payloads: Uint8Array, from: number, to: number): PayloadRule | undefined {
    for (let at = from; at < to; at++) {
      const candidates = this.byFirst[FOLD[payloads[at]]];
      if (candidates === undefined) continue;
      for (const { bytes, rule } of candidates) if (matches(payloads, at, to, bytes)) return rule;
    }
    return undefined;
  }
}

function matches(payloads: Uint8Array, at: number, to: number, bytes: Uint8Array): boolean {
  if (at + bytes.length > to) return false;
  for (let index = 0; index < bytes.length; index++) if (FOLD[payloads[at + index]] !== bytes[index]) return false;
  return true;
}

const EXPLOITS = new Patterns(EXPLOIT_RULES);

/** The exploit rule that a payload matches. */
export function exploitOf(payload: Uint8Array): PayloadRule | undefined {
  return EXPLOITS.find(payload, 0, payload.length);
}

/** What the payload sample of a row is: one of the PAYLOAD_ numbers. */
export function payloadKind({ payloads, payload_ends }: FlowBatch, row: number): number {
  const from = row === 0 ? 0 : payload_ends[row - 1];
  const to = payload_ends[row];
  if (from === to) return PAYLOAD_NOTHING;
  if (EXPLOITS.find(payloads, from, to) !== undefined) return PAYLOAD_EXPLOIT;
  return isProbeUri(payloads, from, to) ? PAYLOAD_PROBE_URI : PAYLOAD_NOTHING;
}

/**
 * A mail address in front, or a URI that leads to a probe description. A request for the path alone is somebody who looks for such a
 * description.
 */
function isProbeUri(payloads: Uint8Array, from: number, to: number): boolean {
  if (matches(payloads, from, to, MAILTO)) return true;
  for (let at = from; at < to; at++) {
    if (payloads[at] !== SCHEME[0] || !matches(payloads, at, to, SCHEME)) continue;
    let end = at + SCHEME.length;
    while (end < to && isOfHost(payloads[end])) end++;
    if (matches(payloads, end, to, PROBE_PATH)) return true;
  }
  return false;
}

/** Letters, digits, and `-`, `.`, `:` of a host and its port. */
function isOfHost(byte: number): boolean {
  const folded = FOLD[byte];
  return (folded >= 0x61 && folded <= 0x7a) || (byte >= 0x2d && byte <= 0x3a && byte !== 0x2f);
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
