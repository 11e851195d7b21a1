/** `noroshi up --check`: what a configuration would run, and what is missing for it. Secrets are counted, never shown. */
import type { Config, SensorConfig } from '@noroshi/center/config/schema.ts';
import { isLoopback } from '@noroshi/center/api/client.ts';
import { USUAL_DETECTORS } from '@noroshi/center/detect/chosen.ts';
import { count } from '../look/numbers.ts';
import { safe } from '@noroshi/kit/safe.ts';

/** Sensors that are listed one by one. */
const SENSORS_SHOWN = 20;

/** One line for each part. */
export function describe(config: Config): string[] {
  const { listen, store, sensors, scanner_lists, tables, limits, ledger } = config;
  const rows: [string, string][] = [
    ['answers at', addressOf(config)],
    ['state', config.state_folder],
    ['database', store.url ?? `embedded, in ${databaseFolder(config)}`],
    ['rows stay', `${count(config.retention_days)} days; sums by hour and day stay for ever`],
    [
      'days begin',
      config.day_offset_minutes === 0 ? 'at 00:00 UTC' : `${config.day_offset_minutes} minutes before UTC’s`,
    ],
    ['detectors', detectorsText(config)],
    ['findings', ledger.url_file === undefined ? 'embedded, in the state folder' : `PostgreSQL by ${ledger.url_file}`],
    ['page', config.portal ? 'public' : 'none; the API answers'],
    ['scanner lists', scanner_lists.length === 0 ? 'none' : scanner_lists.join(', ')],
    ['countries', tables.country_file ?? 'bundled table'],
    ['networks', tables.asn_file ?? 'bundled table'],
    [
      'limits',
      `${count(limits.requests_per_minute)} requests a minute and client, ${count(limits.event_clients)} live pages`,
    ],
    ['proxies', listen.proxies.join(', ')],
    ['sensors', sensors.length === 0 ? 'none: nothing can be uploaded' : count(sensors.length)],
    ...sensors.slice(0, SENSORS_SHOWN).map((sensor): [string, string] => ['', sensorText(sensor)]),
  ];
  if (sensors.length > SENSORS_SHOWN) rows.push(['', `and ${count(sensors.length - SENSORS_SHOWN)} more`]);
  return rows.map(([name, value]) => `  ${name.padEnd(15)}${safe(value)}`);
}

/** What keeps it from running well: sentences. */
export function warnings(config: Config): string[] {
  const { listen, sensors } = config;
  const isOpen = !isLoopback(listen.address);
  const byCertificate = sensors.filter(({ certificate_sha256 }) => certificate_sha256 !== undefined);
  return [
    ...(isOpen && listen.tls === undefined
      ? ['listen.tls is missing: tokens cross the network in clear, unless a proxy in front speaks TLS']
      : []),
    ...(byCertificate.length > 0 && listen.tls?.client_ca_file === undefined
      ? ['listen.tls.client_ca_file is missing: no client certificate can be verified']
      : []),
  ];
}

function detectorsText({ detect }: Config): string {
  if (!detect.enabled) return 'none';
  return (detect.detectors ?? USUAL_DETECTORS).join(', ');
}

function databaseFolder({ store, state_folder }: Config): string {
  return store.path ?? `${state_folder}/database`;
}

function addressOf({ listen: { address, port, tls } }: Config): string {
  const host = address.includes(':') ? `[${address}]` : address;
  const url = `${tls === undefined ? 'http' : 'https'}://${host}:${port}`;
  return `${url}${isLoopback(address) ? ' (this machine only)' : ''}`;
}

function sensorText({ name, feed, token_sha256, certificate_sha256, prefixes }: SensorConfig): string {
  const proofs = [
    ...(token_sha256 === undefined ? [] : ['token']),
    ...(certificate_sha256 === undefined ? [] : ['certificate']),
  ];
  const listens = prefixes === undefined ? '' : `, ${count(prefixes.length)} prefixes`;
  return `${name}: ${feed}, ${proofs.join(' and ')}${listens}`;
}
