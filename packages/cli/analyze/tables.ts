/** The look-up tables of a report: countries and autonomous systems, bundled or the operator's. */
import { openAsns } from '@noroshi/center/enrich/asn.ts';
import { cacheFolder } from '@noroshi/center/enrich/asn-cache.ts';
import { openCountries } from '@noroshi/center/enrich/country.ts';
import type { AsTable, CountryTable } from '@noroshi/center/enrich/table.ts';
import { systemErrorOf } from '@noroshi/kit/system-error.ts';
import { Refusal, refusalOf } from '../io/exit.ts';
import { named } from '../look/style.ts';

export interface Tables {
  readonly countries: CountryTable;
  readonly asns: AsTable;
}

/** Opens both; a file of the operator's replaces the bundled one. */
export function openTables(geo: string | undefined, asn: string | undefined, env: NodeJS.ProcessEnv): Tables {
  return {
    countries: open(geo, () => openCountries(geo)),
    asns: open(asn, () => openAsns(asn, cacheFolder(env))),
  };
}

function open<T>(file: string | undefined, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const what = file === undefined ? 'the bundled tables' : named(file);
    if (systemErrorOf(error) !== undefined || file === undefined) throw refusalOf('read', what, error);
    throw new Refusal('io', `Cannot read ${what}: not a MaxMind DB file`);
  }
}
