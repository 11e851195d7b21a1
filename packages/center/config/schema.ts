/**
 * THE table of configuration keys: name, type, limits, default and sentence of each. What the loader accepts, the reference
 * page (markdown.ts) and the type `Config` derive from it.
 */
import { LEVELS } from '@noroshi/kit/log.ts';
import { parseAddress } from '@noroshi/wire/net/address.ts';
import { parsePrefix } from '@noroshi/wire/net/prefix.ts';
import { FEEDS } from '@noroshi/wire/api/feed.ts';
import { SEGMENT_BYTES_MAX } from '@noroshi/wire/api/upload.ts';
import { z } from 'zod';

const SENSORS_MAX = 10_000;
const LISTS_MAX = 100;
const PREFIXES_MAX = 1000;
const TITLE_CHARS_MAX = 80;
const PATH_CHARS_MAX = 4096;

/** A string of a certain shape; messages follow the key's name and make a sentence with it. */
const shaped = (pattern: RegExp, error: string) => z.string().regex(pattern, { error });
const whole = (least: number, most: number) => z.int().min(least).max(most);
const title = z.string().min(1).max(TITLE_CHARS_MAX);

const path = z.string().min(1).max(PATH_CHARS_MAX).meta({ title: 'path' });
const sha256 = shaped(/^[0-9a-f]{64}$/, 'is not a SHA-256 in lower-case hex').meta({ title: 'SHA-256' });
const prefix = z
  .string()
  .refine((text) => parsePrefix(text) !== undefined, { error: 'is not an address or a prefix' })
  .meta({ title: 'prefix' });

const tls = z.strictObject({
  certificate_file: path.describe('Certificate chain of the center, PEM.'),
  key_file: path.describe('Its private key, PEM.'),
  client_ca_file: path.optional().describe('Authorities that sign the sensors’ client certificates, PEM.'),
});

const listen = z.strictObject({
  address: z
    .string()
    .refine((text) => parseAddress(text) !== undefined, { error: 'is not an IPv4 or IPv6 address' })
    .default('127.0.0.1')
    .describe('Address to listen on; `0.0.0.0` and `::` are all of the machine’s.'),
  port: whole(0, 65_535).default(8642).describe('TCP port; 0 lets the system choose one.'),
  tls: tls.optional().describe('HTTPS instead of HTTP.'),
  proxies: z
    .array(prefix)
    .max(LISTS_MAX)
    .default(['127.0.0.1', '::1'])
    .describe('Reverse proxies in front of the center: only their `X-Forwarded-For` counts.'),
});

const store = z
  .strictObject({
    path: path
      .optional()
      .describe('Folder of the embedded database; `database` in `state_folder` when neither is said.'),
    url: z
      .url({ protocol: /^https?$/, error: 'is not an http or https address' })
      .optional()
      .describe('A ClickHouse server instead of the embedded one, e.g. `http://10.0.0.5:8123`.'),
    username: z.string().min(1).max(100).default('default').describe('User of the server.'),
    password_file: path.optional().describe('File whose first line is the user’s password.'),
    database: shaped(/^[a-zA-Z_]\w{0,62}$/, 'is not a name of letters, digits and _')
      .default('noroshi')
      .describe('Database on the server; created when absent.'),
  })
  .refine(({ path: folder, url }) => folder === undefined || url === undefined, {
    error: 'has a path and a url: one of them is enough',
  });

const sensor = z
  .strictObject({
    name: shaped(/^[a-z][a-z0-9-]{0,61}([a-z0-9-]|\*)?$/, 'is not a name of a-z, 0-9 and hyphens').describe(
      'Name of the sensor, as its segments say it; `replay-*` admits every name that begins so.',
    ),
    feed: z.enum(FEEDS).default('network').describe('What its packets are; feeds are never added up.'),
    token_sha256: sha256.optional().describe('SHA-256 of the sensor’s token (`noroshi up --init` makes one).'),
    certificate_sha256: sha256.optional().describe('SHA-256 of its client certificate, DER; needs `listen.tls`.'),
    prefixes: z
      .array(prefix)
      .max(PREFIXES_MAX)
      .optional()
      .describe('Addresses that it listens on: rows about others are refused. Secret; never shown.'),
  })
  .refine((entry) => entry.token_sha256 !== undefined || entry.certificate_sha256 !== undefined, {
    error: 'has neither token_sha256 nor certificate_sha256',
  });

const tables = z.strictObject({
  country_file: path.optional().describe('Countries by address, mmdb; the bundled table otherwise.'),
  asn_file: path.optional().describe('Autonomous systems by address, mmdb; the bundled table otherwise.'),
});

const detect = z.strictObject({
  enabled: z.boolean().default(true).describe('Look for victims of attacks, scans and kinds of sources.'),
  detectors: z
    .array(shaped(/^[a-z]+\/[a-z0-9-]+$/, 'is not a name like dos/victim'))
    .max(LISTS_MAX)
    .optional()
    .describe('Detectors that run, e.g. `[dos/victim, dos/npa]`; the usual ones when none is named.'),
  grace_minutes: whole(1, 1440)
    .default(5)
    .describe('A sensor that has been silent for so long no longer holds detection up; what it sends later is late.'),
  history_days: whole(1, 400)
    .default(28)
    .describe('How far back a new detector looks, and late packets count. Captures in the feed `replay` always do.'),
});

const ledger = z.strictObject({
  url_file: path
    .optional()
    .describe(
      'File whose first line is the connection string of a PostgreSQL server; embedded in `state_folder` without.',
    ),
});

const log = z.strictObject({
  level: z.enum(LEVELS).default('info').describe('Least grave events that are written.'),
  format: z.enum(['human', 'json']).default('human').describe('One line of text or one JSON object an event.'),
});

const limits = z.strictObject({
  requests_per_minute: whole(1, 1_000_000)
    .default(600)
    .describe('Requests that one client (IPv4 address, IPv6 /64) may make; uploads are not counted.'),
  event_clients: whole(1, 10_000).default(500).describe('Pages that are sent live events at the same time.'),
  segment_bytes: whole(1024, SEGMENT_BYTES_MAX).default(SEGMENT_BYTES_MAX).describe('Largest segment taken.'),
  segment_age_days: whole(1, 36_500)
    .default(36_500)
    .describe('Oldest event time taken; the feed `network` only needs what a spool may hold.'),
  quarantine_bytes: whole(0, 2 ** 40)
    .default(2 ** 30)
    .describe('Room for refused segments that are kept for inspection; the oldest give way.'),
});

function distinctNames({ value, issues }: z.core.ParsePayload<z.output<typeof sensor>[]>): void {
  const seen = new Set<string>();
  for (const [index, { name }] of value.entries()) {
    const issue = { input: value, path: [index, 'name'], message: 'is the name of an earlier sensor' };
    if (seen.has(name)) issues.push({ ...issue, code: 'custom' });
    seen.add(name);
  }
}

export const configSchema = z.strictObject({
  title: z
    .strictObject({ ja: title.describe('In Japanese.'), en: title.describe('In English.') })
    .optional()
    .describe('Name of the observatory, as the page shows it.'),
  listen: listen.prefault({}).describe('Where the center answers.'),
  state_folder: path.describe('Folder of everything the center keeps; relative paths start at the config file.'),
  store: store.prefault({}).describe('The database.'),
  retention_days: whole(1, 36_500)
    .default(400)
    .describe('Days of event time for which flow rows stay; sums by hour and day stay for ever.'),
  day_offset_minutes: whole(-12 * 60, 14 * 60)
    .multipleOf(60)
    .default(0)
    .describe('Days begin so many minutes before those of UTC: 540 for Japan. Fixed for the life of a database.'),
  sensors: z.array(sensor).max(SENSORS_MAX).check(distinctNames).default([]).describe('Who may upload.'),
  scanner_lists: z
    .array(path)
    .max(LISTS_MAX)
    .default([])
    .describe('Lists of acknowledged scanners, files or folders; read again at SIGHUP.'),
  tables: tables.prefault({}).describe('Look-up tables in place of the bundled ones; read again at SIGHUP.'),
  detect: detect.prefault({}).describe('Detection.'),
  ledger: ledger.prefault({}).describe('Where findings are kept, and what people decide about them.'),
  portal: z.boolean().default(true).describe('Serve the public page; the API answers either way.'),
  log: log.prefault({}).describe('What the center writes to standard error.'),
  limits: limits.prefault({}).describe('How much it takes on.'),
});

/** A configuration as the loader gives it: checked, completed, paths absolute. */
export type Config = z.output<typeof configSchema>;
export type SensorConfig = Config['sensors'][number];
