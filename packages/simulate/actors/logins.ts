/**
 * Attempts with user name and password on sensors that answer (scenario `responding`): telnet lines as Mirai's dictionary
 * has them (jgamblin/Mirai-Source-Code: mirai/bot/scanner.c, a few of its 62 pairs), FTP USER/PASS (RFC 959), POP3
 * USER/PASS (RFC 1939).
 */
import type { Act, Actor, Part } from '../actor.ts';
import { EMBEDDED, LINUX } from '../craft/kernel.ts';
import { ascii } from '../craft/payload.ts';
import { sessionPackets, sessions } from '../craft/session.ts';

const PAIRS = [
  ['root', 'xc3511'],
  ['root', 'vizxv'],
  ['admin', 'admin'],
  ['root', '888888'],
  ['root', 'default'],
  ['support', 'support'],
  ['user', 'user'],
  ['root', '123456'],
  ['guest', '12345'],
  ['Administrator', 'password'],
  ['anonymous', 'guest@mail.invalid'],
] as const;

interface Service {
  readonly name: string;
  readonly ports: readonly number[];
  readonly weight: number;
  readonly lines: (user: string, password: string) => readonly string[];
}

const SERVICES: readonly Service[] = [
  {
    name: 'login-telnet',
    ports: [23, 23, 2323],
    weight: 4,
    lines: (user, password) => [`${user}\r\n`, `${password}\r\n`],
  },
  {
    name: 'login-ftp',
    ports: [21],
    weight: 2,
    lines: (user, password) => [`USER ${user}\r\n`, `PASS ${password}\r\n`],
  },
  {
    name: 'login-pop',
    ports: [110],
    weight: 1,
    lines: (user, password) => [`USER ${user}\r\n`, `PASS ${password}\r\n`, 'QUIT\r\n'],
  },
];

const SESSIONS_TYPICAL = 20;

export const actors: readonly Actor[] = SERVICES.map((service) => ({
  name: service.name,
  kind: 'login',
  sentence: `logins on ${[...new Set(service.ports)].join(', ')}/tcp`,
  weight: service.weight,
  only: 'responding',
  nets: [4, 6],
  packets_typical: SESSIONS_TYPICAL * sessionPackets(service.lines('', '').length),
  span_s: [120, 21_600],
  perform: (part: Part) => perform(part, service),
}));

function perform(part: Part, { name, ports, lines }: Service): Act {
  const source = part.host();
  const port = part.random.pick(ports);
  const kernel = name === 'login-telnet' ? EMBEDDED : LINUX;
  const scripts = PAIRS.map(([user, password]) => lines(user, password).map(ascii));
  const streams = sessions(part, kernel, source, port, scripts);
  return { streams, detail: { subject: source.text, profile: name, protocol: 'tcp', ports: [port], responding: true } };
}
