/**
 * Infected devices without Mirai's mark.
 * Hajime-like: 5358/tcp, sequence number not the destination (scan.netsecurity 39578); window 14600 is
 * from memory there, and the rest of its header ours. Telnet bot: a cluster of its own (router kernel, window 5808, MSS 1452,
 * options 2-4-8-1-3), as NICTER 2025 says that such bots outnumber Mirai. SMB worm: 445/tcp from Windows 7 stacks, which
 * repeat a SYN after 3 s and 9 s.
 */
import { TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Actor, Part } from '../actor.ts';
import { tcpFrame } from '../craft/frame.ts';
import { connects, EMBEDDED, WINDOWS_7 } from '../craft/kernel.ts';
import type { Region } from '../craft/space.ts';
import { mss } from '../craft/tcp-options.ts';

const HAJIME = { port: 5358, window: 14_600, ttl: 64 };
const TELNET_DRAWS = [23, 23, 23, 23, 2323, 26];
const HOMES: readonly Region[] = ['asia', 'latin-america', 'europe', 'africa'];
const SHAPE = { kind: 'bot', nets: [4], packets_typical: 60, span_s: [600, 43_200] } as const;

export const actors: readonly Actor[] = [
  { ...SHAPE, name: 'hajime-like', sentence: '5358/tcp without the mark of Mirai', weight: 0.7, perform: hajime },
  {
    ...SHAPE,
    name: 'telnet-bot',
    sentence: 'telnet bots with a header cluster of their own',
    weight: 7,
    perform: telnet,
  },
  { ...SHAPE, name: 'smb-worm', sentence: 'worms on 445/tcp from old Windows', weight: 6, perform: smb },
];

function hajime(part: Part): ReturnType<Actor['perform']> {
  const source = part.host(part.random.pick(HOMES));
  const { port, window } = HAJIME;
  const ttl = HAJIME.ttl - part.hops();
  const template = tcpFrame({ net: 4, ttl, df: true, flags: TCP_SYN, window, options: mss(1460) });
  const streams = part.aimed(template, source, (pen, draws) => {
    pen.tcp.sourcePort = draws.between(1024, 65_535);
    pen.tcp.destinationPort = port;
    pen.tcp.sequence = draws.word();
    pen.seal();
  });
  return { detail: { subject: source.text, tool: 'hajime-like', protocol: 'tcp', ports: [port] }, streams };
}

function telnet(part: Part): ReturnType<Actor['perform']> {
  const source = part.host(part.random.pick(HOMES));
  const streams = connects(part, EMBEDDED, source, (flow) => flow.pick(TELNET_DRAWS));
  const ports = [...new Set(TELNET_DRAWS)];
  return {
    detail: { subject: source.text, tool: 'telnet-bot', profile: EMBEDDED.name, protocol: 'tcp', ports },
    streams,
  };
}

function smb(part: Part): ReturnType<Actor['perform']> {
  const source = part.host(part.random.pick(HOMES));
  const streams = connects(part, WINDOWS_7, source, () => 445);
  return {
    detail: { subject: source.text, tool: 'smb-worm', profile: WINDOWS_7.name, protocol: 'tcp', ports: [445] },
    streams,
  };
}
