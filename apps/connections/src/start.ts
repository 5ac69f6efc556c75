import { configuredProviders, openVault, periodically, type ServiceResources, startService } from '#service';
import { connectionStatusProjection } from './connection-status/connection-status.projection.js';
import { ConnectionsDeps } from './connections-deps.js';
import { ConnectionsModule } from './connections.module.js';
import { DisconnectAtProviderReactor } from './disconnect-connection/disconnect-at-provider.reactor.js';
import { FindLostLinksJob } from './find-lost-links/find-lost-links.job.js';
import { NoticeSilenceJob } from './notice-silence/notice-silence.job.js';
import { PublishConnectionEventsPublisher } from './publish-connection-events/publish-connection-events.publisher.js';
import { WarnOfConsentsJob } from './warn-of-consents/warn-of-consents.job.js';

const LOOK_FOR_LOST_EVERY_MS = 60_000;
const WARN_EVERY_MS = 3_600_000;
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

/** Bank links: opens, authorises, pauses and ends them; owns the sealed provider tokens. */
export const startConnections = async (resources: ServiceResources): Promise<{ stop(): Promise<void> }> => {
  const deps = await depsOf(resources);
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
  service.runners.react(new PublishConnectionEventsPublisher(resources.events).reactor);
  await service.runners.prepared();
  const consents = new WarnOfConsentsJob(deps, resources.keeper);
  const warner = periodically('warn-of-consents', WARN_EVERY_MS, service.logger, () =>
    consents.sweep(stopping.signal),
  );
  const silence = new NoticeSilenceJob(deps, resources.keeper);
  const listener = periodically('notice-silence', WARN_EVERY_MS, service.logger, () =>
    silence.sweep(stopping.signal),
  );
  const lostLinks = new FindLostLinksJob(deps, resources.keeper);
  const finder = periodically('find-lost-links', LOOK_FOR_LOST_EVERY_MS, service.logger, () =>
    lostLinks.sweep(stopping.signal),
  );
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all([warner.stop(), finder.stop(), listener.stop()]);
      await service.stop();
    },
  };
};
