/** The tables that come as npm packages: where their files lie, how old they are, whom their licences name. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TableSource } from './table.ts';

export interface Bundled {
  readonly source: TableSource;
  /** Path of one of the package's files. */
  readonly file: (name: string) => string;
}

/** Countries: registry delegations, whois and geofeeds. */
export function bundledCountries(): Bundled {
  const manifest = import.meta.resolve('@ip-location-db/geo-whois-asn-country-mmdb/package.json');
  return bundled(manifest, 'CC0 1.0; statistics of the Number Resource Organization (nro.net)');
}

/** Autonomous systems: Route Views, the five regional registries, DB-IP. */
export function bundledAsns(): Bundled {
  const manifest = import.meta.resolve('@ip-location-db/asn/package.json');
  return bundled(
    manifest,
    'CC BY 4.0; Route Views (routeviews.org), Number Resource Organization (nro.net), IP to ASN Lite by DB-IP (db-ip.com)',
  );
}

function bundled(manifest: string, licence: string): Bundled {
  const { name, version } = JSON.parse(readFileSync(fileURLToPath(manifest), 'utf8')) as {
    name: string;
    version: string;
  };
  const source = { name: name.replace(/^@ip-location-db\/|-mmdb$/g, ''), date: dateOf(version), version, licence };
  return { source, file: (file) => fileURLToPath(new URL(file, manifest)) };
}

/** The packages' versions end in their day: `2.3.2026061719` is of 2026-06-17. */
export function dateOf(version: string): string {
  const day = /\.(\d{4})(\d\d)(\d\d)\d*$/.exec(version);
  return day === null ? '' : day.slice(1).join('-');
}
