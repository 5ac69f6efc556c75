import type { Circuit, FailedConnection } from '#providers';
import { type Database, migrate } from '#read-model';

/** PostgreSQL schema of the circuits of all banks. */
export const CIRCUITS = 'bank_circuits';

/** Whoever reads or writes circuits sees to their table first. */
export const prepareCircuits = (db: Database): Promise<void> =>
  migrate(db, CIRCUITS, [
    `CREATE TABLE {schema}.circuits (
       provider text NOT NULL,
       bank text NOT NULL,
       failures integer NOT NULL,
       pauses integer NOT NULL,
       until_ms bigint NOT NULL,
       probe_until_ms bigint NOT NULL,
       PRIMARY KEY (provider, bank)
     );`,
    // Of earlier rows nobody knows whose failures they count.
    `DELETE FROM {schema}.circuits;
     ALTER TABLE {schema}.circuits ADD COLUMN failed jsonb NOT NULL DEFAULT '[]';`,
  ]);

/** A bank that fails again and again, as one provider reaches it. */
export interface OpenCircuit extends Circuit {
  /** How many runs failed in a row. */
  readonly failures: number;
  /** Of how many connections they were; one: of that one alone. */
  readonly connections: number;
  /** The connection that fails alone, and is alone kept from asking; `null`: it is for everybody. */
  readonly only: string | null;
  /** It is left alone until then, ISO 8601 UTC; `null`: that is over, and the next run looks whether it answers again. */
  readonly until: string | null;
}

interface OpenRow extends Circuit {
  readonly failures: number;
  readonly failed: readonly FailedConnection[];
  readonly until_ms: string;
  readonly is_over: boolean;
}

/** The banks that are left alone, or were and have not answered since; by the server's clock. */
export const openCircuits = async (db: Pick<Database, 'query'>): Promise<readonly OpenCircuit[]> => {
  const rows = await db.query<OpenRow>(
    `SELECT provider, bank, failures, failed, until_ms::text,
       until_ms <= extract(epoch FROM clock_timestamp()) * 1000 AS is_over
     FROM ${CIRCUITS}.circuits WHERE pauses > 0 ORDER BY provider, bank`,
  );
  return rows.map(({ provider, bank, failures, failed, until_ms, is_over }) => ({
    provider,
    bank,
    failures,
    connections: failed.length,
    only: failed.length === 1 ? (failed[0]?.connectionId ?? null) : null,
    until: is_over ? null : new Date(Number(until_ms)).toISOString(),
  }));
};
