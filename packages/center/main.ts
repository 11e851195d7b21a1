/**
 * The center: one process that takes segments from sensors, keeps them, and publishes figures. It reads top to bottom:
 *
 *   state folder (ours alone) → store → look-up tables → ingest → questions → ledger → detection → HTTP
 *
 * and stops in the opposite order: nothing new is accepted, live pages are told, uploads under way end, detection stops where it is,
 * ledger and store are closed.
 */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { makeFolder } from '@noroshi/kit/folder.ts';
import { Lifecycle } from '@noroshi/kit/lifecycle.ts';
import { LockedError, lockFolder } from '@noroshi/kit/lock.ts';
import type { Log } from '@noroshi/kit/log.ts';
import { Metrics } from '@noroshi/kit/metrics.ts';
import { backoff_ms } from '@noroshi/kit/retry.ts';
import { buildApp } from './api/app.ts';
import type { ApiDeps } from './api/deps.ts';
import { figuresFrom } from './api/figures.ts';
import { findingsFrom } from './api/findings/findings.ts';
import { closeGently, listenAt, refuseTaken } from './api/serve.ts';
import type { Config } from './config/schema.ts';
import { chosenDetectors } from './detect/chosen.ts';
import type { Detector } from './detect/detector.ts';
import { openEngine } from './detect/open.ts';
import { openIngest } from './ingest/ingest.ts';
import { ingestRoutes } from './ingest/routes.ts';
import { openLateLedger } from './ledger/late.ts';
import { openLedger } from './ledger/open.ts';
import { ledgerPlace, readTables, storePlace, tlsOf } from './start/named.ts';
import { Query } from './query/query.ts';
import { openLate } from './store/late.ts';
import { openStore, type Store, StoreError } from './store/store.ts';

const RECONNECT = { first_ms: 500, max_ms: 30_000 };
const DAY_MS = 86_400_000;
/** How long a question whether the database is there may take. */
const PATIENCE_MS = 2000;
const AWAY = 'the database is away';
/** How often it is looked for days that are old enough to go. */
const EXPIRE_MS = 6 * 3_600_000;
/** How long uploads under way may go on when the center stops. */
const GRACE_MS = 4000;

/** What a center needs of the process that it runs in. */
export interface Surroundings {
  readonly log: Log;
  readonly now_ms: () => number;
  readonly random: () => number;
  readonly version: string;
  /** Folder of the built page; undefined: none is served. */
  readonly portal: string | undefined;
}

export interface Center {
  /** Where it answers, e.g. `http://127.0.0.1:8642`. */
  readonly url: string;
  /** Reads scanner lists and look-up tables again. Rows that come meanwhile are looked up in the old ones or the new ones. Throws Error. */
  reload(): Promise<void>;
  /** Ends everything in order; never rejects. */
  stop(reason: string): Promise<void>;
}

/** The center cannot start; the message is one sentence for the operator. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Starts everything; when a part cannot start, those before it are stopped again. Throws StartError. */
export async function startCenter(config: Config, surroundings: Surroundings): Promise<Center> {
  const lifecycle = new Lifecycle(surroundings.log);
  try {
    return await startParts(config, surroundings, lifecycle);
  } catch (error) {
    await lifecycle.stop('a part cannot start');
    throw startErrorOf(error, config);
  }
}

async function startParts(config: Config, surroundings: Surroundings, lifecycle: Lifecycle): Promise<Center> {
  const { log, now_ms, version, portal } = surroundings;
  const { title = null, day_offset_minutes: offset_minutes, limits, sensors, listen } = config;
  const metrics = new Metrics();

  // What is quickly found to be wrong is said before anything that takes long.
  takeFolder(config, lifecycle);
  const tls = tlsOf(config);
  const detectors = config.detect.enabled ? chosenDetectors(config.detect.detectors) : [];
  await refuseTaken(listen);
  const store = await openDatabase(config, surroundings, lifecycle);

  const ingest = await openIngest({
    store,
    sensors,
    folder: join(config.state_folder, 'ingest'),
    now_ms,
    log: log.named('ingest'),
    metrics,
    limits: {
      segment_bytes: limits.segment_bytes,
      age_ms: limits.segment_age_days * DAY_MS,
      quarantine_bytes: limits.quarantine_bytes,
    },
  });
  lifecycle.signal.addEventListener('abort', () => ingest.end());
  lifecycle.onStop('ingest', () => ingest.close());

  const query = new Query(store);
  lifecycle.onStop('query', () => query.close());

  const detection = config.detect.enabled
    ? openDetection({ store, query, detectors, metrics }, config, surroundings, lifecycle)
    : {};

  const app = await buildApp({
    ...detection,
    figures: figuresFrom({
      query,
      title,
      offset_minutes,
      refused: (feed) => ingest.refused(feed),
    }),
    uploads: async (scope) => ingestRoutes(scope, ingest),
    onStored: (listener) => store.onStored(({ feed }) => listener(feed)),
    ailment: async () => (await ailmentOf(store)) || ingest.ailment(),
    version,
    portal: config.portal ? portal : undefined,
    tls,
    proxies: listen.proxies,
    requests_per_minute: limits.requests_per_minute,
    event_clients: limits.event_clients,
    log: log.named('api'),
    metrics,
    now_ms,
  });
  // Uploads that do not end in time are refused, and their senders keep them.
  lifecycle.onStop('http', () => closeGently(app, GRACE_MS, () => void ingest.close()));
  const url = await listenAt(app, listen);
  log.info('started', `Answering at ${url}`, { sensors: sensors.length, process: process.pid });
  return {
    url,
    reload: async () => store.loadTables(readTables(config, log)),
    stop: async (reason) => void (await lifecycle.stop(reason)),
  };
}

/** The state folder, for this process alone. */
function takeFolder({ state_folder }: Config, lifecycle: Lifecycle): void {
  try {
    makeFolder(state_folder, 0o700);
  } catch (error) {
    const state = codeOf(error) === 'ENOENT' ? 'its place takes no folder' : stateOf(error);
    throw new StartError(`Cannot make the state folder ${state_folder}: ${state}`, { cause: error });
  }
  const release = lockFolder(state_folder, 'center.lock');
  lifecycle.onStop('state folder', release);
}

/**
 * The database, with its tables loaded. The embedded one is there or fails; a server that is away is waited for while the center
 * runs already, and answers that it cannot answer.
 */
async function openDatabase(config: Config, surroundings: Surroundings, lifecycle: Lifecycle): Promise<Store> {
  const { log, random } = surroundings;
  const { url } = config.store;
  const missed = Promise.withResolvers<void>();
  const { store, opened } = openLate({
    open: () => openWithTables(config, log),
    offset_minutes: config.day_offset_minutes,
    pause_ms: (attempt) => backoff_ms(attempt, RECONNECT, random),
    onFailure: (error) => {
      log.warning('database_away', `${error.message}; trying again`, { url });
      missed.resolve();
    },
    signal: lifecycle.signal,
  });
  // What waits for its turn to be stored stays with its sender; what is under way is waited for.
  lifecycle.signal.addEventListener('abort', () => store.end());
  lifecycle.onStop('store', () => store.close());
  const tended = tend(store, opened, config, surroundings, lifecycle);
  // Later failures are in the log.
  tended.catch(() => {});
  await (url === undefined ? tended : Promise.race([tended, missed.promise]));
  return store;
}

async function openWithTables(config: Config, log: Log): Promise<Store> {
  const store = await openStore(storePlace(config));
  try {
    await store.loadTables(readTables(config, log));
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** What is done when the database is open, and now and then from then on. Throws what opening it throws. */
async function tend(
  store: Store,
  opened: Promise<void>,
  config: Config,
  surroundings: Surroundings,
  lifecycle: Lifecycle,
): Promise<void> {
  const { log } = surroundings;
  try {
    await opened;
  } catch (error) {
    if (!lifecycle.signal.aborted) log.error('database', `Cannot open the database: ${stateOf(error)}`);
    throw error;
  }
  log.info('database', 'The database is open', { url: config.store.url });
  const expire = (): void => void dropOldRows(store, config.retention_days, surroundings);
  expire();
  const expiring = setInterval(expire, EXPIRE_MS);
  lifecycle.onStop('retention', () => clearInterval(expiring));
}

interface DetectionParts {
  readonly store: Store;
  readonly query: Query;
  readonly detectors: readonly Detector[];
  readonly metrics: Metrics;
}

/**
 * Ledger and engine. A ledger that is away is waited for while the center runs already; where it cannot be opened at all, packets
 * are taken and figures published, and nobody looks for findings.
 */
function openDetection(
  { store, query, detectors, metrics }: DetectionParts,
  config: Config,
  { log, now_ms, random }: Surroundings,
  lifecycle: Lifecycle,
): Required<Pick<ApiDeps, 'findings' | 'onFindings'>> {
  const { grace_minutes, history_days } = config.detect;
  const { ledger, opened } = openLateLedger({
    open: () => openLedger(ledgerPlace(config)),
    pause_ms: (attempt) => backoff_ms(attempt, RECONNECT, random),
    onFailure: (error) => log.warning('ledger_away', `${error.message}; trying again`),
    signal: lifecycle.signal,
  });
  lifecycle.onStop('ledger', () => ledger.close());
  const engine = openEngine({
    store,
    ledger,
    detectors,
    grace_minutes,
    history_days: Math.min(history_days, config.retention_days),
    now_ms,
    random,
    log: log.named('detect'),
    metrics,
  });
  // At once, beside the uploads that come to their end.
  lifecycle.signal.addEventListener('abort', () => void engine.stop());
  lifecycle.onStop('detection', () => engine.stop());
  const start = (): void => {
    engine.start();
    const names = detectors.map(({ id }) => id).join(' ');
    log.info('detection', `${detectors.length} detectors look at what comes`, { detectors: names, history_days });
  };
  void startWhenOpen(opened, start, log, lifecycle.signal);
  return {
    findings: findingsFrom({
      ledger,
      store,
      query,
      detectors,
      watermark_ms: (feed) => engine.watermark(feed),
      counts: (feed, detector) => engine.counts(feed, detector),
      version: (feed) => engine.version(feed),
      operator: config.title?.en ?? 'Noroshi',
    }),
    onFindings: (listener) => engine.onChange(listener),
  };
}

async function startWhenOpen(opened: Promise<void>, start: () => void, log: Log, signal: AbortSignal): Promise<void> {
  try {
    await opened;
  } catch (error) {
    if (!signal.aborted) log.error('ledger', `Cannot open the ledger, so nothing is detected: ${stateOf(error)}`);
    return;
  }
  if (signal.aborted) return;
  log.info('ledger', 'The ledger is open');
  start();
}

/** Retention: rows of old days go, sums stay. */
async function dropOldRows(store: Store, retention_days: number, { log, now_ms }: Surroundings): Promise<void> {
  const day = new Date(now_ms() - retention_days * DAY_MS).toISOString().slice(0, 10);
  try {
    const days = await store.dropFlowsBefore(day);
    if (days > 0) log.info('retention', `Dropped the flow rows of ${days} days before ${day}; their sums stay`);
  } catch (error) {
    log.warning('retention', `Cannot drop old flow rows now: ${stateOf(error)}`);
  }
}

/** Why figures cannot be had now, one sentence; '' when they can. */
async function ailmentOf(store: Store): Promise<string> {
  const asked = store.query('SELECT 1').then(
    () => '',
    (error: unknown) => (error instanceof StoreError && error.kind === 'disk_full' ? 'the disk is full' : AWAY),
  );
  const late = new AbortController();
  try {
    return await Promise.race([asked, wait(PATIENCE_MS, AWAY, { signal: late.signal })]);
  } finally {
    late.abort();
  }
}

/** What keeps a center from starting is said in a sentence; a fault of ours stays what it is. */
function startErrorOf(error: unknown, { state_folder }: Config): unknown {
  if (error instanceof LockedError) {
    return new StartError(
      `Cannot use ${state_folder}: another center runs on it (process ${error.pid}); stop it first`,
    );
  }
  const state = stateOf(error);
  if (error instanceof Error && state.startsWith('Cannot ')) return new StartError(state);
  return codeOf(error) === '' ? error : new StartError(`Cannot start the center: ${state}`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function stateOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
