import type { EventFeedSource } from '#kernel';
import { pause } from './backoff.js';
import { ensureCheckpoint } from './checkpoints.js';
import type { Database, Sql } from './database.js';
import { sqlState } from './database-errors.js';
import { identifier } from './identifiers.js';
import { LockKeeper } from './lock-keeper.js';
import { migrate } from './migrations.js';
import { prepareOwnTables } from './own-tables.js';
import type { ProjectionModel } from './projection.js';
import { ShadowFill } from './shadow-fill.js';
import { swapSchemas } from './swap-schemas.js';

export interface RebuildOptions {
  readonly db: Database;
  readonly source: EventFeedSource;
  readonly model: ProjectionModel;
  /** Told about once a second how far the log was read, and its head when the rebuild began. */
  readonly onProgress?: (position: bigint | null, head: bigint | null) => void;
}

/** Another process rebuilds the same read model at this moment. */
export class RebuildRunning extends Error {
  override readonly name = 'RebuildRunning';
}

const SWAP_TRIES = 20;
const PROGRESS_EVERY_MS = 1_000;
const LOCK_NOT_AVAILABLE = '55P03';

export const dropShadow = async (sql: Sql, shadow: string): Promise<void> => {
  await sql.execute(`DROP SCHEMA IF EXISTS ${shadow} CASCADE`);
  await sql.execute('DELETE FROM passerelle.migrations WHERE schema_name = $1', [shadow]);
  await sql.execute('DELETE FROM passerelle.checkpoints WHERE name = $1', [shadow]);
};

/**
 * Fills the read model anew from the beginning of the log, in a shadow schema beside the live one, and swaps the two when
 * it has caught up. Queries go on meanwhile; a running projection goes on too and continues on the new tables.
 * @throws {RebuildRunning}
 * @throws the projection's own error, when an event cannot be handled; the live tables stay as they are then
 */
export const rebuild = async (options: RebuildOptions): Promise<void> => {
  const { db, model } = options;
  const keeper = new LockKeeper(db);
  try {
    const lock = await keeper.tryLock(`passerelle:rebuild:${model.name}`);
    if (!lock) throw new RebuildRunning(`"${model.name}" is being rebuilt by another process already.`);
    await prepareOwnTables(db);
    await fillAndSwap(options, `${identifier(model.name)}_rebuild`);
  } finally {
    await keeper.close();
  }
};

const fillAndSwap = async (options: RebuildOptions, shadow: string): Promise<void> => {
  const { db, source, model } = options;
  await db.transaction((tx) => dropShadow(tx, shadow));
  await migrate(db, shadow, model.migrations);
  const logId = await source.logId();
  await ensureCheckpoint(db, shadow, { logId, position: null });
  for (let attempt = 1; ; attempt++) {
    const fill = await ShadowFill.start(db, source, model, shadow);
    try {
      await caughtUp(fill, await source.head(), options.onProgress);
      await swapSchemas({ db, fill, name: model.name, shadow, logId, head: () => source.head() });
      return;
    } catch (error) {
      if (sqlState(error) !== LOCK_NOT_AVAILABLE || attempt === SWAP_TRIES) throw error;
      await pause(attempt * 20);
    } finally {
      await fill.stop();
    }
  }
};

const caughtUp = async (
  fill: ShadowFill,
  head: bigint | null,
  onProgress: RebuildOptions['onProgress'],
): Promise<void> => {
  while (!(await fill.reached(head, PROGRESS_EVERY_MS))) onProgress?.(fill.position(), head);
  onProgress?.(fill.position(), head);
};
