import type { Database } from './database.js';
import { lockKey } from './lock-key.js';

const TABLES = `
  CREATE SCHEMA IF NOT EXISTS passerelle;
  CREATE TABLE IF NOT EXISTS passerelle.migrations (
    schema_name text NOT NULL,
    number int NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (schema_name, number)
  );
  CREATE TABLE IF NOT EXISTS passerelle.checkpoints (
    name text PRIMARY KEY,
    log_id text NOT NULL,
    position bigint,
    updated_at timestamptz NOT NULL DEFAULT now()
  ) WITH (fillfactor = 50);
  CREATE UNLOGGED TABLE IF NOT EXISTS passerelle.snapshots (
    stream text PRIMARY KEY,
    version text NOT NULL,
    revision bigint NOT NULL,
    state jsonb NOT NULL,
    saved_at timestamptz NOT NULL DEFAULT now()
  );`;

const prepared = new WeakMap<Database, Promise<void>>();

const create = async (db: Database): Promise<void> => {
  await db.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [lockKey('passerelle:migrations')]);
    await tx.execute(TABLES);
  });
};

/** Creates the tables of this lib itself (schema `passerelle`) where they are missing; once per {@link Database}. */
export const prepareOwnTables = (db: Database): Promise<void> => {
  const known = prepared.get(db);
  if (known) return known;
  const creating = create(db);
  prepared.set(db, creating);
  creating.catch(() => prepared.delete(db));
  return creating;
};
