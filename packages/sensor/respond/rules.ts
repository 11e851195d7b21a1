/**
 * What the kernel must be told so that one listener takes TCP connections to every address of some prefixes, on every port: an
 * nftables table that hands their packets to the listener (tproxy keeps the address and port that were meant), and a routing
 * table by which such packets are for this machine. Pure: texts and commands; kernel.ts runs them.
 *
 * Source: Linux Documentation/networking/tproxy.rst; nft(8) "TPROXY STATEMENT".
 */

/** Everything of ours bears this name, so that it is found again after a kill. */
const TABLE_NAME = 'noroshi_respond';
/** Mark of the packets that are ours; "no" in ASCII. Masked, so that other people's marks in other bits stay. */
const MARK = '0x6e6f0000';
const MARK_MASK = '0xffff0000';
/** Number of the routing table and priority of the rule that leads to it. */
const ROUTE_TABLE = '17761';
const RULE_PRIORITY = '17761';

export interface Territory {
  /** Prefixes that are answered for, IPv4 and IPv6. */
  readonly prefixes: readonly string[];
  /** Addresses or prefixes within them that are left alone, such as the machine's own. */
  readonly except: readonly string[];
  /** Port of the listener on the loopback addresses. */
  readonly port: number;
}

/** A program with its arguments, and what it reads. */
export interface Command {
  readonly program: 'nft' | 'ip';
  readonly args: readonly string[];
  readonly input?: string;
}

const isIpv6 = (text: string): boolean => text.includes(':');

/** In the order in which they are run; listeners must be open before. */
export function commandsOf(territory: Territory): readonly Command[] {
  const families = [false, true].filter((wanted) => territory.prefixes.some((text) => isIpv6(text) === wanted));
  return [
    ...families.flatMap((wantsIpv6) => routeCommands(wantsIpv6 ? '-6' : '-4')),
    { program: 'nft', args: ['-f', '-'], input: rulesetOf(territory) },
  ];
}

/** Takes back whatever of it is there. Each may fail where there is nothing; rules are deleted until none is left. */
export function undoCommands(): readonly (Command & { readonly untilItFails?: true })[] {
  const rule = (family: string): Command => {
    return { program: 'ip', args: [family, 'rule', 'del', 'priority', RULE_PRIORITY, 'lookup', ROUTE_TABLE] };
  };
  return [
    { program: 'nft', args: ['delete', 'table', 'inet', TABLE_NAME] },
    { ...rule('-4'), untilItFails: true },
    { ...rule('-6'), untilItFails: true },
    { program: 'ip', args: ['-4', 'route', 'flush', 'table', ROUTE_TABLE] },
    { program: 'ip', args: ['-6', 'route', 'flush', 'table', ROUTE_TABLE] },
  ];
}

function routeCommands(family: '-4' | '-6'): readonly Command[] {
  const rule = ['rule', 'add', 'priority', RULE_PRIORITY, 'fwmark', `${MARK}/${MARK_MASK}`, 'lookup', ROUTE_TABLE];
  return [
    { program: 'ip', args: [family, ...rule] },
    { program: 'ip', args: [family, 'route', 'replace', 'local', 'default', 'dev', 'lo', 'table', ROUTE_TABLE] },
  ];
}

function rulesetOf({ prefixes, except, port }: Territory): string {
  const lines: string[] = [];
  for (const wantsIpv6 of [false, true]) {
    const [family, to] = wantsIpv6 ? ['ip6', `[::1]:${port}`] : ['ip', `127.0.0.1:${port}`];
    const own = prefixes.filter((text) => isIpv6(text) === wantsIpv6);
    const left = except.filter((text) => isIpv6(text) === wantsIpv6);
    if (own.length === 0) continue;
    if (left.length > 0) lines.push(`${family} daddr { ${left.join(', ')} } return`);
    const set = `meta mark set meta mark & 0x0000ffff | ${MARK}`;
    lines.push(`${family} daddr { ${own.join(', ')} } meta l4proto tcp tproxy ${family} to ${to} ${set} accept`);
  }
  return `table inet ${TABLE_NAME} {
  chain prerouting {
    type filter hook prerouting priority mangle; policy accept;
    ${lines.join('\n    ')}
  }
}
`;
}

/** As a person would type them. */
export function commandText({ program, args, input }: Command): string {
  const line = [program, ...args].join(' ');
  return input === undefined ? line : `${line} <<'END'\n${input}END`;
}
