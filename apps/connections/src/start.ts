import {
  configuredProviders, openVault, periodically, prepareCircuits, type ServiceResources, startService,
} from '#service'; // prettier-ignore
import { connectionStatusProjection } from './connection-status/connection-status.projection.js';
import { ConnectionsDeps } from './connections-deps.js';
import { ConnectionsModule } from './connections.module.js';
import { DisconnectAtProviderReactor } from './disconnect-connection/disconnect-at-provider.reactor.js';
import { FindLinkOnWebhookReactor } from './find-lost-links/find-link-on-webhook.reactor.js';
import { FindLostLinksJob } from './find-lost-links/find-lost-links.job.js';
import { LinkPageUsers } from './find-lost-links/link-page-users.js';
import { NoticeSilenceJob } from './notice-silence/notice-silence.job.js';
import { PublishConnectionEventsPublisher } from './publish-connection-events/publish-connection-events.publisher.js';
import { ResealTokensJob } from './reseal-tokens/reseal-tokens.job.js';
import { WarnOfConsentsJob } from './warn-of-consents/warn-of-consents.job.js';

/** How long the jobs rest between two looks. */
export interface JobPauses {
  readonly lostLinksMs: number;
  /** Of what goes by days: consents, silence, keys. */
  readonly daysMs: number;
}

const PAUSES: JobPauses = { lostLinksMs: 60_000, daysMs: 3_600_000 };
const CALLBACK_PATH = '/v1/link/callback';

const depsOf = async (resources: ServiceResources): Promise<ConnectionsDeps> => {
  const { config, db, store, snapshots, clock, correlation } = resources;
  const vault = await openVault(resources);
  const callbackUrl = config.publicUrl + CALLBACK_PATH;
  const providers = await configuredProviders(resources);
  const schedule = { pattern: config.syncCron, timeZone: config.syncTimeZone };
  return new ConnectionsDeps(
    db,
    store,
    snapshots,
    vault,
    providers,
    clock,
    correlation,
    callbackUrl,
    schedule,
  );
};

export const startConnectionsWith = async (
  resources: ServiceResources,
  pauses: JobPauses,
): Promise<{ stop(): Promise<void> }> => {
  const deps = await depsOf(resources);
  await prepareCircuits(resources.db);
  const pageUsers = new LinkPageUsers(resources.db);
  await pageUsers.prepare();
  const service = await startService({
    resources,
    name: 'connections',
    module: ConnectionsModule.with(deps),
    port: resources.config.ports.connections,
    portVariable: 'CONNECTIONS_PORT',
  });
  const stopping = new AbortController();
  service.runners.project(connectionStatusProjection);
  service.runners.react(new DisconnectAtProviderReactor(resources.commands).reactor);
  service.runners.react(
    new FindLinkOnWebhookReactor(pageUsers, resources.commands, resources.correlation).reactor,
  );
  service.runners.react(new PublishConnectionEventsPublisher(resources.events).reactor);
  await service.runners.prepared();
  const { keeper } = resources;
  const jobs = [
    { name: 'find-lost-links', everyMs: pauses.lostLinksMs, job: new FindLostLinksJob(deps, keeper) },
    { name: 'warn-of-consents', everyMs: pauses.daysMs, job: new WarnOfConsentsJob(deps, keeper) },
    { name: 'notice-silence', everyMs: pauses.daysMs, job: new NoticeSilenceJob(deps, keeper) },
    { name: 'reseal-tokens', everyMs: pauses.daysMs, job: new ResealTokensJob(deps, keeper) },
  ].map(({ name, everyMs, job }) =>
    periodically(name, everyMs, service.logger, () => job.sweep(stopping.signal)),
  );
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(jobs.map((job) => job.stop()));
      await service.stop();
    },
  };
};

/** Bank links: opens, authorises, pauses and ends them; owns the sealed provider tokens. */
export const startConnections = (resources: ServiceResources): Promise<{ stop(): Promise<void> }> =>
  startConnectionsWith(resources, PAUSES);
