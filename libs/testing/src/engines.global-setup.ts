import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngines } from '#engines';
import type { TestProject } from 'vitest/node';
import './engines.js';

/** Starts the engines once per project in a folder that is removed afterwards, on any free ports. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const root = process.cwd();
  const dataDir = await mkdtemp(join(tmpdir(), 'passerelle-test-'));
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
  project.provide('engines', { eventStoreUrl, natsUrl, databaseUrl, problem });
  return async () => {
    await engines.stop();
    await remove();
  };
};
