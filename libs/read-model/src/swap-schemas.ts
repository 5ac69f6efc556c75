import type { Database, Sql } from './database.js';
import type { ShadowFill } from './shadow-fill.js';

export interface Swap {
  readonly db: Database;
  readonly fill: ShadowFill;
  /** The live schema. */
  readonly name: string;
  readonly shadow: string;
  readonly logId: string;
  head(this: void): Promise<bigint | null>;
}

const CATCH_UP_WITHIN_MS = 5_000;
/** Half of PostgreSQL's default `deadlock_timeout`. */
const LOCK_TABLES_WITHIN_MS = 500;

/**
 * Puts the shadow schema in the place of the live one, with its checkpoint, in one transaction. The live checkpoint's row
 * is locked first, which halts the running projection; the shadow catches up with it; then the live tables are locked
 * against everybody, in less time than PostgreSQL takes to look for deadlocks, so that no other transaction is sacrificed.
 * Statements that waited for a lock look the name up again and find the new table.
 */
export const swapSchemas = ({ db, fill, name, shadow, logId, head }: Swap): Promise<void> =>
  db.transaction(async (tx) => {
    const [live] = await tx.query<{ log_id: string; position: bigint | null }>(
      'SELECT log_id, position FROM passerelle.checkpoints WHERE name = $1 FOR UPDATE',
      [name],
    );
    const end = await head();
    const livePosition = live?.log_id === logId ? live.position : null;
    const target = livePosition !== null && end !== null && livePosition > end ? end : livePosition;
    if (!(await fill.reached(target, CATCH_UP_WITHIN_MS))) {
      throw new Error(
        `The rebuilt tables did not catch up with "${name}" (at ${target}); the live tables stay as they are.`,
      );
    }
    await fill.stop();
    await lockTables(tx, name);
    await tx.execute(`DROP SCHEMA IF EXISTS ${name} CASCADE`);
    await tx.execute(`ALTER SCHEMA ${shadow} RENAME TO ${name}`);
    await takeOver(tx, name, shadow);
  });

/**
 * In another order at each try: writers that take the tables in their own order are waited for in one order and stand
 * crosswise to us in the others.
 */
const lockTables = async (tx: Sql, schema: string): Promise<void> => {
  const tables = await tx.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = $1 ORDER BY random()`,
    [schema],
  );
  if (tables.length === 0) return;
  await tx.execute(`SET LOCAL lock_timeout = '${LOCK_TABLES_WITHIN_MS}ms'`);
  await tx.execute(`LOCK TABLE ${tables.map((table) => table.name).join(', ')} IN ACCESS EXCLUSIVE MODE`);
};

const takeOver = async (tx: Sql, name: string, shadow: string): Promise<void> => {
  await tx.execute('DELETE FROM passerelle.migrations WHERE schema_name = $1', [name]);
  await tx.execute('UPDATE passerelle.migrations SET schema_name = $1 WHERE schema_name = $2', [
    name,
    shadow,
  ]);
  await tx.execute(
    `INSERT INTO passerelle.checkpoints (name, log_id, position)
     SELECT $1, log_id, position FROM passerelle.checkpoints WHERE name = $2
     ON CONFLICT (name) DO UPDATE SET log_id = excluded.log_id, position = excluded.position, updated_at = now()`,
    [name, shadow],
  );
  await tx.execute('DELETE FROM passerelle.checkpoints WHERE name = $1', [shadow]);
};
