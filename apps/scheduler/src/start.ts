import { periodically, type ServiceResources, startService } from '#service';
import { AnnounceDueSyncsJob } from './announce-due-syncs/announce-due-syncs.job.js';
import { Announcements } from './announce-due-syncs/announcements.js';
import { dueConnectionsProjection } from './announce-due-syncs/due-connections.projection.js';
import { SchedulerModule } from './scheduler.module.js';

const LOOK_EVERY_MS = 2_000;

/** Announces due syncs; may run on many replicas. */
export const startScheduler = async (resources: ServiceResources): Promise<{ stop(): Promise<void> }> => {
  const { config, db, commands, clock } = resources;
  const service = await startService({
    resources,
    name: 'scheduler',
    module: SchedulerModule,
    port: config.ports.scheduler,
    portVariable: 'SCHEDULER_PORT',
  });
  const { runners, logger } = service;
  runners.project(dueConnectionsProjection);
  await runners.prepared();
  const announcements = new Announcements(db);
  await announcements.prepare();
  const job = new AnnounceDueSyncsJob(announcements, commands, clock, {
    pattern: config.syncCron,
    timeZone: config.syncTimeZone,
    spreadSeconds: config.syncSpreadSeconds,
  });
  const announcer = periodically('announce-due-syncs', LOOK_EVERY_MS, logger, () => job.tick());
  return {
    stop: async () => {
      await announcer.stop();
      await service.stop();
    },
  };
};
