import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { NewEvent } from '#event-store';
import type { Database, ProjectionModel } from '../src/index.js';

/** A name that no other spec uses. */
export const freshName = (prefix: string): string => `${prefix}_${randomBytes(6).toString('hex')}`;

/** Polls until the condition holds; fails with its last value after ten seconds. */
export const until = async (condition: () => unknown, withinMs = 10_000): Promise<void> => {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value: unknown = await condition();
    if (value === true) return;
    if (Date.now() > deadline)
      throw new Error(`Still not so after ${withinMs} ms: ${String(value)} for ${String(condition)}`);
    await delay(10);
  }
};

export const event = (type: string, data: object): NewEvent => ({
  type,
  data,
  metadata: {
    commandId: 'c',
    correlationId: 'c',
    causationId: null,
    tenantId: null,
    actor: null,
    traceparent: null,
  },
});

export const added = (value: number): NewEvent => event('Added', { value });

/** Sums what is added per stream, and counts events, so that a repeated or lost one shows. */
export const sumsModel = (name: string): ProjectionModel => ({
  name,
  streamPrefixes: ['sums_'],
  migrations: [
    'CREATE TABLE {schema}.sums (stream text PRIMARY KEY, total int NOT NULL)',
    'ALTER TABLE {schema}.sums ADD COLUMN events int NOT NULL DEFAULT 0',
  ],
  project: async (tx, schema, events) => {
    const sums = new Map<string, readonly [total: number, count: number]>();
    for (const { stream, data } of events) {
      const { value } = data as { value: number };
      if (value < 0) throw new Error('Nothing can be taken away.');
      const [total, count] = sums.get(stream) ?? [0, 0];
      sums.set(stream, [total + value, count + 1]);
    }
    for (const [stream, [total, count]] of sums) {
      await tx.execute(
        `INSERT INTO ${schema}.sums AS s VALUES ($1, $2, $3)
         ON CONFLICT (stream) DO UPDATE SET total = s.total + excluded.total, events = s.events + excluded.events`,
        [stream, total, count],
      );
    }
  },
});

export const sumsIn = async (db: Database, schema: string): Promise<Record<string, [number, number]>> => {
  const rows = await db.query<{ stream: string; total: number; events: number }>(
    `SELECT stream, total, events FROM ${schema}.sums ORDER BY stream`,
  );
  return Object.fromEntries(rows.map(({ stream, total, events }) => [stream, [total, events]]));
};

/** Ends the server's side of every connection of that application, as a network or a restart does. */
export const cutConnections = (admin: Database, applicationName: string): Promise<object[]> =>
  admin.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()',
    [applicationName],
  );
