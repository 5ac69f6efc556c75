import { randomBytes } from 'node:crypto';
import { Database } from '#read-model';
import { engineUrls } from './engines.js';

/** Address of a fresh, empty database on the test's PostgreSQL: for specs that look at whole tables. */
export const ownDatabaseUrl = async (): Promise<string> => {
  const url = new URL(engineUrls().databaseUrl);
  const name = `spec_${randomBytes(6).toString('hex')}`;
  const server = new Database(url.href);
  try {
    await server.execute(`CREATE DATABASE ${name}`);
  } finally {
    await server.close();
  }
  url.pathname = `/${name}`;
  return url.href;
};
