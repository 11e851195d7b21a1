/** The sources with most packets, with what they wanted and where they are. */
import { markNames } from '@noroshi/wire/classify/marks/index.ts';
import { formatAddress } from '@noroshi/wire/net/address.ts';
import type { SourceRow } from './analysis.ts';
import type { Places } from './places.ts';
import type { Sources } from './sources.ts';
import type { Survey } from './survey.ts';

/** Services named per source. */
const SERVICES_SHOWN = 5;

interface Candidate {
  readonly sources: Sources;
  readonly number: number;
  readonly packets: number;
  /** As the pairs of services.ts name it. */
  readonly key: number;
}

export function topSources(survey: Survey, places: Places, top: number): SourceRow[] {
  const candidates = [...best(survey.sources4, 0, top), ...best(survey.sources6, 1, top)];
  const chosen = candidates.sort((a, b) => b.packets - a.packets || a.key - b.key).slice(0, top);
  const services = survey.services.ofSources(new Set(chosen.map(({ key }) => key)));
  return chosen.map(({ sources, number, packets, key }) => {
    const address = sources.addressOf(number);
    const used = services.get(key) ?? [];
    return {
      address: formatAddress(...address),
      ...places.placeOf(address),
      packets,
      class: sources.classOf(number),
      ports: used.slice(0, SERVICES_SHOWN),
      port_count: used.length,
      marks: markNames(sources.marksOf(number)),
    };
  });
}

/**
 * The `top` sources of a table by packets. The least packets among the chosen only rise, so that almost every source of a large
 * table is passed over with one compare.
 */
function best(sources: Sources, isIpv6: 0 | 1, top: number): Candidate[] {
  let chosen: Candidate[] = [];
  let least = 0;
  for (let number = 1; number <= sources.keys.count; number++) {
    const packets = sources.packetsOf(number);
    if (packets <= least) continue;
    chosen.push({ sources, number, packets, key: number * 2 + isIpv6 });
    if (chosen.length < top * 2) continue;
    chosen = chosen.sort((a, b) => b.packets - a.packets || a.number - b.number).slice(0, top);
    least = chosen[top - 1].packets;
  }
  return chosen;
}
