import type { Sql } from './database.js';
import { identifier } from './identifiers.js';

/** Column name → PostgreSQL type of one value (`uuid`, `date`, `text`, `jsonb`, `bigint`, …; no array type). */
export type ColumnTypes<Row> = { readonly [Column in keyof Row & string]: string };

export interface BulkInsert<Row> {
  /** Qualified name of the table: `${schema}.entries`. */
  readonly into: string;
  readonly columns: ColumnTypes<Row>;
  /** For example `ON CONFLICT (id) DO UPDATE SET amount = excluded.amount`; no row may occur twice then. */
  readonly onConflict?: string;
}

const REPLACEMENT = '\uFFFD';
const TYPE = /^[a-z][a-z0-9 ]*$/;

const checkedType = (type: string): string => {
  if (TYPE.test(type)) return type;
  throw new RangeError(`"${type}" is no type of a single value.`);
};

/** What PostgreSQL's texts cannot hold must not halt a projection for ever: NUL, and half of a character (a cut emoji). */
const storable = (value: unknown): unknown =>
  typeof value === 'string'
    ? value.replaceAll('\u0000', REPLACEMENT).replaceAll(/\p{Surrogate}/gu, REPLACEMENT)
    : value;

const parameterOf = (value: unknown, type: string): unknown => {
  if (value === null || value === undefined) return null;
  return type.startsWith('json') ? JSON.stringify(value, (_, member) => storable(member)) : storable(value);
};

/**
 * Many rows as one relation with the columns' names, for `FROM`: one array parameter per column, so the text is the same
 * for any number of rows. `firstParameter` is the number of the first `$n` that it may use.
 */
export const rowsRelation = <Row extends object>(
  columns: ColumnTypes<Row>,
  rows: readonly Row[],
  alias: string,
  firstParameter = 1,
): { readonly text: string; readonly params: readonly unknown[] } => {
  const named = Object.entries<string>(columns);
  const names = named.map(([name]) => identifier(name)).join(', ');
  const arrays = named.map(([, type], index) => `$${firstParameter + index}::${checkedType(type)}[]`);
  return {
    text: `unnest(${arrays.join(', ')}) AS ${identifier(alias)} (${names})`,
    params: named.map(([name, type]) => rows.map((row) => parameterOf(row[name as keyof Row], type))),
  };
};

/** Inserts (or upserts) any number of rows with one statement; `undefined` becomes null. Returns how many were written. */
export const insertRows = async <Row extends object>(
  sql: Sql,
  insert: BulkInsert<Row>,
  rows: readonly Row[],
): Promise<number> => {
  if (rows.length === 0) return 0;
  const { text, params } = rowsRelation(insert.columns, rows, 'given');
  const names = Object.keys(insert.columns).join(', ');
  return sql.execute(
    `INSERT INTO ${insert.into} (${names}) SELECT ${names} FROM ${text} ${insert.onConflict ?? ''}`,
    params,
  );
};
