import {
  configuredProviders,
  openVault,
  periodically,
  PgCircuitBreaker,
  reportProviderCalls,
  type Service,
  type ServiceResources,
  startService,
} from '#service';
import { CommandBus } from '@nestjs/cqrs';
import { AgeOutDeliveriesJob } from './age-out-deliveries/age-out-deliveries.job.js';
import { reportForgotten } from './age-out-deliveries/report-forgotten.js';
import { deliveriesProjection } from './deliveries/deliveries.projection.js';
import { EndOverdueRunsJob } from './end-overdue-runs/end-overdue-runs.job.js';
import { ledgerEntriesProjection } from './ledger-entries/ledger-entries.projection.js';
import { PostponedRuns } from './postponed-runs.js';
import { PublishSyncEventsPublisher } from './publish-sync-events/publish-sync-events.publisher.js';
import { linkedConnectionsProjection } from './request-sync/linked-connections.js';
import { RequestSyncOnWebhookReactor } from './request-sync/request-sync-on-webhook.reactor.js';
import { RequestSyncWhenLinkedReactor } from './request-sync/request-sync-when-linked.reactor.js';
import { busyShareMeter } from './run-sync/busy-share.js';
import { DispatchSyncReactor } from './run-sync/dispatch-sync.reactor.js';
import { DispatchWaitingRunsJob } from './run-sync/dispatch-waiting-runs.job.js';
import { EndWaitsJob } from './run-sync/end-waits.job.js';
import { Staging } from './run-sync/staging.js';
import { syncHistoryProjection } from './sync-history/sync-history.projection.js';
import { SyncDeps } from './sync-deps.js';
import { SyncModule } from './sync.module.js';

const MS_PER_DAY = 86_400_000;
const SWEEP_EVERY_MS = 5_000;
const AGE_OUT_EVERY_MS = 600_000;
const LOOK_FOR_DUE_EVERY_MS = 500;
const END_WAITS_EVERY_MS = 1_000;
const RETRY_DELAYS_MS = [2_000, 5_000, 15_000];
const RETRY_FOR_MS = 60_000;
/** Providers take seconds for it, now and then minutes; their webhook then asks for another run. */
const FIRST_LOOK_DELAYS_MS = [300, 700, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/** The provider takes seconds to look at a bank, now and then minutes; its webhook then asks for another run. */
const REFRESH_DELAYS_MS = [1_500, 3_000, 6_000, 12_000, 20_000];
const CIRCUIT_PAUSE_MS = 60_000;
/** A look at a bank that is left alone may read a long history; another one then looks beside it. */
const CIRCUIT_PROBE_MS = 120_000;

const circuitsOf = async ({ config, db }: ServiceResources): Promise<PgCircuitBreaker> => {
  const { failures, maxPauseSeconds } = config.bankCircuit;
  const longestPauseMs = maxPauseSeconds * 1_000;
  const rules = { failures, pauseMs: CIRCUIT_PAUSE_MS, longestPauseMs, probeMs: CIRCUIT_PROBE_MS };
  const circuits = new PgCircuitBreaker(db, rules);
  await circuits.prepare();
  return circuits;
};

const depsOf = async (resources: ServiceResources, circuits: PgCircuitBreaker): Promise<SyncDeps> => {
  const { config, db, store, snapshots, keeper, commands, clock, correlation } = resources;
  const vault = await openVault(resources);
  const policy = {
    deadlineMs: config.syncDeadlineSeconds * 1_000,
    retryDelaysMs: RETRY_DELAYS_MS,
    retryForMs: RETRY_FOR_MS,
    firstLookDelaysMs: FIRST_LOOK_DELAYS_MS,
    refreshAfterMs: config.refreshAfterMinutes * 60_000,
    refreshDelaysMs: REFRESH_DELAYS_MS,
    webhookIntervalMs: config.webhookMinIntervalSeconds * 1_000,
    fullRereadEveryMs: config.fullRereadEveryDays * MS_PER_DAY,
    fullRereadDays: config.fullRereadDays,
    timeZone: config.syncTimeZone,
  };
  const providers = await configuredProviders(resources);
  return new SyncDeps(
    db, store, snapshots, keeper, vault, providers, commands, clock, correlation, circuits, policy,
  ); // prettier-ignore
};

/** Carries out syncs; owns the sync history and the ledger's rows. */
export const startSync = async (resources: ServiceResources): Promise<{ stop(): Promise<void> }> => {
  const { config, store, commands, events } = resources;
  const circuits = await circuitsOf(resources);
  const deps = await depsOf(resources, circuits);
  const staging = new Staging(resources.db);
  const postponed = new PostponedRuns(resources.db);
  await Promise.all([staging.prepare(), postponed.prepare()]);
  const service: Service = await startService({
    resources,
    name: 'sync',
    module: SyncModule.with(deps, staging, postponed),
    port: config.ports.sync,
    portVariable: 'SYNC_APP_PORT',
  });
  const { runners, logger } = service;
  reportProviderCalls(service.metrics, deps.providers.budget, circuits);
  const bus = service.http.app.get(CommandBus);
  runners.project(syncHistoryProjection);
  runners.project(ledgerEntriesProjection(store));
  runners.project(linkedConnectionsProjection);
  runners.project(deliveriesProjection);
  runners.react(new DispatchSyncReactor(commands).reactor);
  runners.react(new RequestSyncWhenLinkedReactor(bus).reactor);
  runners.react(new RequestSyncOnWebhookReactor(deps, bus).reactor);
  runners.react(new PublishSyncEventsPublisher(events).reactor);
  await runners.prepared();
  const job = new EndOverdueRunsJob(deps, postponed, (syncId) => staging.clear(syncId));
  const sweeper = periodically('end-overdue-runs', SWEEP_EVERY_MS, logger, () => job.sweep());
  const waiting = new DispatchWaitingRunsJob(deps, busyShareMeter());
  const dispatcher = periodically('dispatch-waiting-runs', LOOK_FOR_DUE_EVERY_MS, logger, () =>
    waiting.dispatchDue(),
  );
  const waits = new EndWaitsJob(deps);
  const waker = periodically('end-waits', END_WAITS_EVERY_MS, logger, () => waits.endWaits());
  const { deliveryRetentionDays: days } = config;
  const report = reportForgotten(logger, service.metrics, days);
  const ageing = new AgeOutDeliveriesJob(deps, days, report);
  const stopping = new AbortController();
  const forgetter = periodically('age-out-deliveries', AGE_OUT_EVERY_MS, logger, () =>
    ageing.sweep(stopping.signal),
  );
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all([sweeper.stop(), dispatcher.stop(), waker.stop(), forgetter.stop()]);
      await service.stop();
    },
  };
};
