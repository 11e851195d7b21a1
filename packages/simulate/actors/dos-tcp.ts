/**
 * Victims of SYN floods whose sources are forged uniformly (Moore et al. 2001): a port that is open answers SYN-ACK and
 * repeats it after 1, 3 and 7 s (RFC 6298 back-off) unless SYN cookies (RFC 4987 §3.6) keep no state; a closed one answers
 * RST+ACK (RFC 9293 §3.10.7.1), a firewall in front RST alone. Few source ports, uniform destinations and ports. Pulsed
 * attacks strike for a while, pause, and strike again.
 */
import { TCP_ACK, TCP_RST, TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Act, Actor, Part } from '../actor.ts';
import { strength } from '../craft/attack.ts';
import { type Template, tcpFrame } from '../craft/frame.ts';
import { Host } from '../craft/prefix.ts';
import { mss } from '../craft/tcp-options.ts';
import { pulsedWindow, steadyWindow } from '../craft/window.ts';

type Answer = 'open' | 'cookies' | 'closed' | 'reset';

const ANSWERS: readonly Answer[] = ['open', 'open', 'open', 'cookies', 'closed', 'closed', 'reset'];
const PORTS = [[80], [443], [80, 443], [22], [25, 587], [3389], [53], [25_565], [6667], [8080]];
const WINDOWS = [28_960, 64_240, 65_160, 8192, 14_600];
const REPEATS_S = [1, 3, 7];
const SHAPE = { kind: 'dos', attack: true, nets: [4, 6], packets_typical: 1500, span_s: [20, 14_400] } as const;

export const actors: readonly Actor[] = [
  { ...SHAPE, name: 'dos-syn', sentence: 'victims of SYN floods', weight: 7, perform: steady },
  {
    ...SHAPE,
    name: 'dos-syn-pulsed',
    sentence: 'victims of SYN floods that come in pulses',
    weight: 2,
    perform: pulsed,
  },
];

function steady(part: Part): Act {
  const { streams, detail } = perform(part, steadyWindow);
  return { streams, detail };
}

function pulsed(part: Part): Act {
  const lasts_s = part.end_s - part.start_s;
  const on_s = Math.min(part.random.logarithmic(10, 120), lasts_s / 2);
  const off_s = Math.min(part.random.logarithmic(10, 600), lasts_s / 4);
  const { streams, detail } = perform(part, (start_s, end_s) => pulsedWindow(start_s, end_s, on_s, off_s));
  return { streams, detail: { ...detail, pulse_s: [on_s, off_s] } };
}

function perform(part: Part, windowOf: typeof steadyWindow): Act {
  const victim = part.host();
  const ports = part.random.pick(PORTS);
  const answer = part.random.pick(ANSWERS);
  const template = templateOf(part, answer);
  const delays_s = answer === 'open' ? [0, ...REPEATS_S] : [0];
  const streams = part.echoes(
    delays_s,
    (flow, turn) => {
      const target = new Host();
      return (pen) => {
        pen
          .stamp(template)
          .from(victim)
          .to(part.telescope.pickUniform(flow, part.net, target));
        pen.tcp.sourcePort = ports[flow.below(ports.length)];
        pen.tcp.destinationPort = flow.between(1024, 65_535);
        const sequence = flow.word();
        pen.tcp.acknowledgement = flow.word();
        if (answer === 'open' || answer === 'cookies') pen.tcp.sequence = sequence;
        if (answer === 'cookies') pen.id(sequence >>> 16);
        if (answer === 'reset') pen.tcp.acknowledgement = turn;
        pen.seal();
      };
    },
    windowOf,
  );
  const window = windowOf(part.start_s, part.end_s);
  const answers = streams[0].packets;
  return {
    streams,
    detail: { subject: victim.text, profile: answer, protocol: 'tcp', ports, ...strength(part, answers, window) },
  };
}

function templateOf(part: Part, answer: Answer): Template {
  const ttl = part.random.pick([64, 64, 128, 255]) - part.hops();
  const shape = { net: part.net, ttl, df: true };
  if (answer === 'closed') return tcpFrame({ ...shape, flags: TCP_RST | TCP_ACK, window: 0 });
  if (answer === 'reset') return tcpFrame({ ...shape, flags: TCP_RST, window: 0 });
  return tcpFrame({ ...shape, flags: TCP_SYN | TCP_ACK, window: part.random.pick(WINDOWS), options: mss(1460) });
}
