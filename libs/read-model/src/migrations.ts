import { createHash } from 'node:crypto';
import type { Database, Sql } from './database.js';
import { identifier } from './identifiers.js';
import { lockKey } from './lock-key.js';
import { prepareOwnTables } from './own-tables.js';

/** The tables in the database are not those that this version of the program describes. */
export class MigrationMismatch extends Error {
  override readonly name = 'MigrationMismatch';
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const checkApplied = (schema: string, applied: readonly string[], wanted: readonly string[]): void => {
  if (applied.length > wanted.length) {
    throw new MigrationMismatch(
      `Schema "${schema}" has ${applied.length} migrations, this program knows ${wanted.length}: a newer version wrote it. ` +
        `Start that version, or run: npm run passerelle -- rebuild ${schema}`,
    );
  }
  const changed = applied.findIndex((hash, index) => hash !== wanted[index]);
  if (changed >= 0) {
    throw new MigrationMismatch(
      `Migration ${changed + 1} of schema "${schema}" was changed after it had been applied. Restore its text and add a new ` +
        `migration, or fill the tables anew: npm run passerelle -- rebuild ${schema}`,
    );
  }
};

const appliedTo = async (tx: Sql, schema: string): Promise<string[]> => {
  const rows = await tx.query<{ sha256: string }>(
    'SELECT sha256 FROM passerelle.migrations WHERE schema_name = $1 ORDER BY number',
    [schema],
  );
  return rows.map((row) => row.sha256);
};

/**
 * Brings the tables of one read model up to date. Each text is applied once, in order, all in one transaction; `{schema}`
 * in it stands for the schema's name. Safe to call from several processes at once.
 * @throws {MigrationMismatch} an applied text was changed, or a newer program wrote the schema
 */
export const migrate = async (db: Database, schema: string, migrations: readonly string[]): Promise<void> => {
  const name = identifier(schema);
  await prepareOwnTables(db);
  await db.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [lockKey('passerelle:migrations')]);
    const applied = await appliedTo(tx, name);
    checkApplied(name, applied, migrations.map(sha256));
    await tx.execute(`CREATE SCHEMA IF NOT EXISTS ${name}`);
    for (const [index, text] of migrations.entries()) {
      if (index < applied.length) continue;
      await tx.execute(text.replaceAll('{schema}', name));
      await tx.execute(
        'INSERT INTO passerelle.migrations (schema_name, number, sha256) VALUES ($1, $2, $3)',
        [name, index + 1, sha256(text)],
      );
    }
  });
};
