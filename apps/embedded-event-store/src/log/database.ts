import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'libsql';

const SCHEMA_VERSION = 1;
const PATIENCE_MS = 3_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS events (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL,
    id BLOB NOT NULL,
    type TEXT NOT NULL,
    created INTEGER NOT NULL,
    is_json INTEGER NOT NULL,
    metadata BLOB NOT NULL,
    data BLOB NOT NULL,
    category TEXT GENERATED ALWAYS AS (substr(stream, 1, instr(stream, '-'))) VIRTUAL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS events_by_stream ON events (stream, revision);
  CREATE INDEX IF NOT EXISTS events_by_category ON events (category);
  PRAGMA user_version = ${SCHEMA_VERSION};`;

/** Another process has the data folder open. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
  constructor(folder: string) {
    super(
      `The data folder ${folder} is in use by another process; stop that one first, or name another folder.`,
    );
  }
}

/**
 * Opens (or creates) the log's database for this process alone. Waits a moment for a predecessor that is still closing.
 * @throws {FolderInUse}
 */
export const openDatabase = async (folder: string): Promise<Database.Database> => {
  mkdirSync(folder, { recursive: true });
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return open(join(folder, 'log.db'));
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (Date.now() >= deadline) throw new FolderInUse(folder);
      await delay(100);
    }
  }
};

const isBusy = (error: unknown) =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');

const open = (file: string): Database.Database => {
  const db = new Database(file);
  try {
    db.exec('PRAGMA page_size = 8192');
    db.exec('PRAGMA locking_mode = EXCLUSIVE');
    db.prepare('PRAGMA journal_mode = WAL').get();
    db.exec('PRAGMA synchronous = FULL');
    db.prepare('PRAGMA wal_autocheckpoint = 2000').get();
    db.exec('PRAGMA cache_size = -8000');
    const version = db.prepare('PRAGMA user_version').raw().get([]) as [number];
    if (version[0] > SCHEMA_VERSION) {
      throw new Error(`${file} was written by a newer version of this node (format ${version[0]}).`);
    }
    db.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};
