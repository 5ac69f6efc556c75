import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngines } from '#engines';
import type { TestProject } from 'vitest/node';
import type { ProvidedEngines } from './engines.js';

interface Running {
  readonly provided: ProvidedEngines;
  stop(this: void): Promise<void>;
}

const startIn = async (folder: string): Promise<Running> => {
  const root = process.cwd();
  const dataDir = await mkdtemp(join(folder, 'passerelle-test-'));
  const eventStoreEntry = join(root, 'dist/apps/embedded-event-store/src/main.js');
  const isBuilt = existsSync(eventStoreEntry);
  const remove = async (): Promise<void> => rm(dataDir, { recursive: true, force: true });
  const engines = await startEngines({
    dataDir,
    binDir: join(root, '.passerelle/bin'),
    eventStoreEntry,
    ports: { nats: 0, postgres: 0, ...(isBuilt && { 'event-store': 0 }) },
    onExit: ({ message }) => console.error(message),
  }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  const { eventStoreUrl, natsUrl, databaseUrl } = engines;
  // Specs that do not need the event store run on an unbuilt tree too; the others fail with these words.
  const problem = isBuilt ? null : `${eventStoreEntry} is missing: run npm run build.`;
  return {
    provided: { eventStoreUrl, natsUrl, databaseUrl, problem },
    stop: async () => {
      await engines.stop();
      await remove();
    },
  };
};

/** Starts engines once per project for each of its workers, in folders that are removed afterwards, on any free ports. */
export default async ({ config, provide }: TestProject): Promise<() => Promise<void>> => {
  // The workers' own folder for temporary files, if the project gives them one.
  const folder = config.env['TMPDIR'] ?? tmpdir();
  const starts = Array.from({ length: config.maxWorkers }, () => startIn(folder));
  const settled = await Promise.allSettled(starts);
  const running = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((engines) => engines.stop()));
  };
  const failed = settled.find(({ status }) => status === 'rejected');
  if (failed) await stop();
  await Promise.all(starts);
  provide(
    'engines',
    running.map(({ provided }) => provided),
  );
  return stop;
};
