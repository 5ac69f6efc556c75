import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, loadConfig, type RawEnvironment } from '#platform';

export interface EngineAddresses {
  readonly eventStoreUrl: string;
  readonly natsUrl: string;
  readonly databaseUrl: string;
}

/**
 * Where the engines are: what the environment says, else the embedded ones of the stack that runs on this data folder.
 * @throws {ConfigError} neither
 */
export const engineAddresses = async (env: RawEnvironment): Promise<EngineAddresses> => {
  const { eventStoreUrl, natsUrl, databaseUrl, dataDir } = loadConfig(env, { app: 'cli', embedded: true });
  if (eventStoreUrl && natsUrl && databaseUrl) return { eventStoreUrl, natsUrl, databaseUrl };
  const endpoints = await readFile(join(dataDir, 'endpoints.json'), 'utf8').catch(() => null);
  if (endpoints !== null) return JSON.parse(endpoints) as EngineAddresses;
  const problem = `is not set, and no stack runs on ${dataDir}: start it in another terminal with "npm start", or name the external engines`;
  throw new ConfigError([{ variable: 'EVENTSTORE_URL, NATS_URL, DATABASE_URL', problem }]);
};
