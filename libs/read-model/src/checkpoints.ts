import { StopFeed } from '#kernel';
import type { Database, Sql } from './database.js';

/** How far a named projection, reactor or publisher has handled which log. */
export interface Checkpoint {
  readonly logId: string;
  /** `null`: nothing handled yet. */
  readonly position: bigint | null;
}

/** The checkpoint does not fit the log: going on would skip or repeat without anybody knowing. */
export class CheckpointMismatch extends Error {
  override readonly name = 'CheckpointMismatch';
}

export const readCheckpoint = async (sql: Sql, name: string): Promise<Checkpoint | null> => {
  const [row] = await sql.query<{ log_id: string; position: bigint | null }>(
    'SELECT log_id, position FROM passerelle.checkpoints WHERE name = $1',
    [name],
  );
  return row ? { logId: row.log_id, position: row.position } : null;
};

/** The stored checkpoint; written with `start` when there is none. */
export const ensureCheckpoint = async (sql: Sql, name: string, start: Checkpoint): Promise<Checkpoint> => {
  await sql.execute(
    'INSERT INTO passerelle.checkpoints (name, log_id, position) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING',
    [name, start.logId, start.position],
  );
  return (await readCheckpoint(sql, name)) ?? start;
};

/**
 * Moves the checkpoint from `previous` to `position`.
 * @throws {StopFeed} it is no longer at `previous`: another copy runs, or a rebuild replaced the tables
 */
export const moveCheckpoint = async (
  sql: Sql,
  name: string,
  previous: bigint | null,
  position: bigint | null,
): Promise<void> => {
  const moved = await sql.execute(
    `UPDATE passerelle.checkpoints SET position = $3, updated_at = now()
     WHERE name = $1 AND position IS NOT DISTINCT FROM $2`,
    [name, previous, position],
  );
  if (moved === 0) throw movedByAnother(name, previous);
};

/**
 * The same as one statement that is its own transaction, and whose commit does not wait for the disk: a quarter of the
 * round trips, for what happens many times a second. The setting ends with the statement.
 * @throws {StopFeed} as {@link moveCheckpoint}
 */
export const moveCheckpointAlone = async (
  db: Database,
  name: string,
  previous: bigint | null,
  position: bigint | null,
): Promise<void> => {
  const moved = await db.execute(
    `WITH loose AS (SELECT set_config('synchronous_commit', 'off', true))
     UPDATE passerelle.checkpoints SET position = $3, updated_at = now() FROM loose
     WHERE name = $1 AND position IS NOT DISTINCT FROM $2`,
    [name, previous, position],
  );
  if (moved === 0) throw movedByAnother(name, previous);
};

const movedByAnother = (name: string, previous: bigint | null): StopFeed =>
  new StopFeed(
    `The checkpoint of "${name}" is no longer at ${previous ?? 'the beginning'}: another copy moved it.`,
  );

/** @throws {CheckpointMismatch} the checkpoint belongs to another log, or lies beyond the head of this one */
export const checkFitsLog = (name: string, checkpoint: Checkpoint, log: Checkpoint): void => {
  const cure = `If this log is the right one, run: npm run passerelle -- rebuild ${name}`;
  if (checkpoint.logId !== log.logId) {
    throw new CheckpointMismatch(
      `The checkpoint of "${name}" belongs to log ${checkpoint.logId}, the event store holds log ${log.logId}. ` +
        `Check EVENTSTORE_URL and DATABASE_URL. ${cure}`,
    );
  }
  if (checkpoint.position !== null && checkpoint.position > (log.position ?? -1n)) {
    throw new CheckpointMismatch(
      `The checkpoint of "${name}" (${checkpoint.position}) lies beyond the end of the log (${log.position ?? 'empty'}): ` +
        `the log lost events, perhaps by a restored backup. ${cure}`,
    );
  }
};
