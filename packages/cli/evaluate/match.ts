/**
 * Which finding means which event: the one place that says so.
 *
 * - A finding means an event when the event's kind is one that the detector is asked for, the subject agrees and their times overlap,
 *   give or take one bin. Subjects agree when the address is the event's or lies in its prefix, when prefixes overlap, and for a
 *   finding about the telescope as a whole (our addresses are forged) when the service does.
 * - A finding about the telescope as a whole means every event that it agrees with: two reflections of one service at the same time
 *   are one to whoever does not say which addresses of ours are forged.
 * - The first finding that means an event is true. A further one about the same event is true only when it speaks of another
 *   service of the event, or of another address of an event that is about a prefix. Every other one is a double, and false.
 * - A finding that means an event of a kind which the detector is not asked for, but does not get wrong either, is tolerated: it
 *   counts neither way. An address that a SYN-ACK scan comes from is never tolerated as a victim.
 * - Every other finding is false.
 * - Events that a detector is asked for and no finding means are missed.
 */
import type { Finding } from '@noroshi/center/ledger/ledger.ts';
import { formatAddress } from '@noroshi/wire/net/address.ts';
import { covers, type Prefix, parsePrefix } from '@noroshi/wire/net/prefix.ts';
import type { EventKind } from '@noroshi/simulate/main.ts';
import type { LabelledEvent } from './truth.ts';

/** What a detector is asked for. */
export interface Question {
  readonly wanted: (event: LabelledEvent) => boolean;
  readonly tolerated: (event: LabelledEvent) => boolean;
}

export type Verdict = 'true' | 'double' | 'tolerated' | 'false';

export interface Judged {
  readonly finding: Finding;
  readonly verdict: Verdict;
  readonly event: LabelledEvent | undefined;
}

export interface Matching {
  readonly judged: readonly Judged[];
  /** Events asked for, each with the findings that mean it, oldest first. */
  readonly events: readonly { readonly event: LabelledEvent; readonly findings: readonly Finding[] }[];
}

const isPrefix = ({ subject }: LabelledEvent): boolean => subject.includes('/');
const of =
  (...kinds: readonly EventKind[]) =>
  ({ kind }: LabelledEvent): boolean =>
    kinds.includes(kind);
const nothing = (): boolean => false;

const VICTIMS: Question = {
  wanted: (event) => event.kind === 'dos' && !isPrefix(event),
  tolerated: (event) => event.kind === 'dos' && isPrefix(event),
};
const SCANNERS = ['research-scan', 'horizontal-scan', 'vertical-scan', 'bot', 'exploit', 'login'] as const;
/** Not scanners, but senders of what looks like a scan, and is not wrongly called one. */
const LIKE_SCANNERS = ['amplification', 'bogon', 'synack-scan'] as const;

/** By detector, else by theme. */
const QUESTIONS: Readonly<Record<string, Question>> = {
  'dos/carpet': { wanted: (event) => event.kind === 'dos' && isPrefix(event), tolerated: nothing },
  'dos/reflection': { wanted: of('reflection'), tolerated: nothing },
  dos: VICTIMS,
  'scan/synack': { wanted: of('synack-scan'), tolerated: nothing },
  'scan/vertical': { wanted: of('vertical-scan'), tolerated: of(...SCANNERS, ...LIKE_SCANNERS) },
  'scan/npa-ports': { wanted: of('vertical-scan'), tolerated: of(...SCANNERS, ...LIKE_SCANNERS) },
  'scan/jpcert-ports': { wanted: of('vertical-scan'), tolerated: of(...SCANNERS, ...LIKE_SCANNERS) },
  scan: {
    wanted: of('research-scan', 'horizontal-scan', 'bot'),
    tolerated: of(...SCANNERS, ...LIKE_SCANNERS),
  },
};

/** Undefined for a detector that makes no findings. */
export function questionOf(detector: string): Question | undefined {
  return QUESTIONS[detector] ?? QUESTIONS[detector.split('/')[0] ?? ''];
}

/** Findings of one detector against what happened; `bin_ms` is the length of its bins. */
export function match(
  question: Question,
  findings: readonly Finding[],
  events: readonly LabelledEvent[],
  bin_ms: number,
): Matching {
  const wanted = events.filter(question.wanted);
  const index = new Events([
    ...wanted,
    ...events.filter((event) => !question.wanted(event) && question.tolerated(event)),
  ]);
  const isWanted = new Set(wanted);
  const meant = new Map<LabelledEvent, Finding[]>();
  const said = new Map<LabelledEvent, Set<string>>();
  const judged: Judged[] = [];
  for (const finding of findings.toSorted((a, b) => a.from_ms - b.from_ms || (a.id < b.id ? -1 : 1))) {
    const candidates = index.of(finding).filter((event) => overlaps(finding, event, bin_ms));
    const asked = candidates.filter((event) => isWanted.has(event));
    const fresh = asked.filter((event) => said.get(event)?.has(topicOf(finding, event)) !== true);
    const event = fresh[0] ?? asked[0] ?? candidates[0];
    if (fresh.length > 0) {
      for (const one of finding.subject.kind === 'telescope' ? fresh : fresh.slice(0, 1)) {
        meant.set(one, [...(meant.get(one) ?? []), finding]);
        said.set(one, (said.get(one) ?? new Set()).add(topicOf(finding, one)));
      }
      judged.push({ finding, verdict: 'true', event });
    } else {
      const verdict = asked.length > 0 ? 'double' : candidates.length > 0 ? 'tolerated' : 'false';
      judged.push({ finding, verdict, event });
    }
  }
  return { judged, events: wanted.map((event) => ({ event, findings: meant.get(event) ?? [] })) };
}

/** What of an event a finding speaks of: two findings of one topic are a double. */
function topicOf({ subject, aspect }: Finding, event: LabelledEvent): string {
  const port = Number(/\d+/.exec(aspect)?.[0]);
  const service = event.ports?.includes(port) === true ? aspect : '';
  return isPrefix(event) && subject.kind === 'address' ? `${service} ${subject.value}` : service;
}

function overlaps({ from_ms, to_ms }: Finding, { start, end }: LabelledEvent, bin_ms: number): boolean {
  return from_ms - bin_ms <= end * 1000 && start * 1000 <= to_ms + bin_ms;
}

/** Events by subject. */
class Events {
  private readonly all: readonly LabelledEvent[];
  private readonly addresses = new Map<string, LabelledEvent[]>();
  private readonly prefixes: { readonly event: LabelledEvent; readonly range: Prefix }[] = [];

  constructor(events: readonly LabelledEvent[]) {
    this.all = events;
    for (const event of events) {
      const range = parsePrefix(event.subject);
      if (range === undefined) continue;
      if (range.bits < 128) this.prefixes.push({ event, range });
      else {
        const text = formatAddress(...range.words);
        this.addresses.set(text, [...(this.addresses.get(text) ?? []), event]);
      }
    }
  }

  /** Those whose subject agrees with the finding's, the ones about the very same address first. */
  of({ subject, aspect }: Finding): readonly LabelledEvent[] {
    if (subject.kind === 'telescope') return this.all.filter((event) => isService(event, aspect));
    // Which networks an event's addresses belong to is not known here.
    if (subject.kind === 'network') return this.all.filter(isPrefix);
    if (subject.kind === 'port') return this.all.filter((event) => isService(event, subject.value));
    const range = parsePrefix(subject.value);
    if (range === undefined) return [];
    const exact = range.bits === 128 ? (this.addresses.get(formatAddress(...range.words)) ?? []) : [];
    return [...exact, ...this.prefixes.filter((one) => meet(one.range, range)).map(({ event }) => event)];
  }
}

/** True when the event's ports are not known, or the text (`tcp/443`, `443/tcp`) names one of them. */
function isService({ ports }: LabelledEvent, text: string): boolean {
  const port = /\d+/.exec(text)?.[0];
  return ports === undefined || ports.length === 0 || port === undefined || ports.includes(Number(port));
}

function meet(a: Prefix, b: Prefix): boolean {
  return a.bits <= b.bits ? covers(a, ...b.words) : covers(b, ...a.words);
}
