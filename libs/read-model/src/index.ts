export { Database, type DatabaseOptions, type Sql, type TransactionOptions } from './database.js';
export { DatabaseUnavailable, isConnectionFailure, sqlState } from './database-errors.js';
export { identifier } from './identifiers.js';
export { migrate, MigrationMismatch } from './migrations.js';
export {
  type Checkpoint,
  checkFitsLog,
  CheckpointMismatch,
  ensureCheckpoint,
  moveCheckpoint,
  readCheckpoint,
} from './checkpoints.js';
export { LockKeeper, type Lock } from './lock-keeper.js';
export { Leadership, type LeadershipOptions } from './leadership.js';
export type { Runner, RunnerStatus } from './runner.js';
export { runnerLock, type RunnerContext } from './feed-runner.js';
export { EventNotHandled } from './batch-handler.js';
export { runProjection, type ProjectionModel } from './projection.js';
export { type Reaction, type Reactor, runReactor } from './reactor.js';
export { underLock } from './under-lock.js';
export { waitForPosition } from './wait-for-position.js';
export { PgSnapshots, type Snapshot, type SnapshotsOptions } from './snapshots.js';
export { type CursorValue, decodeCursor, encodeCursor } from './cursor.js';
export { type BulkInsert, type ColumnTypes, insertRows, rowsRelation } from './bulk.js';
export { rebuild, type RebuildOptions, RebuildRunning } from './rebuild.js';
export { keysetPage, keysetPlace, type KeysetPlace } from './keyset.js';
