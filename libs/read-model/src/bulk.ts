import { storableText } from '#kernel';
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

const TYPE = /^[a-z][a-z0-9 ]*$/;

const checkedType = (type: string): string => {
  if (TYPE.test(type)) return type;
  throw new RangeError(`"${type}" is no type of a single value.`);
};

const storable = (value: unknown): unknown => (typeof value === 'string' ? storableText(value) : value);

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

/** How JSON writes what PostgreSQL's texts cannot hold; a backslash of the text itself may look like it. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/i;

const storableJson = (value: unknown): string => {
  const text = JSON.stringify(value);
  return UNSTORABLE.test(text) ? JSON.stringify(value, (_, member) => storable(member)) : text;
};

const cellOf = (value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : (value ?? null));

const readCell = (index: number, type: string): string => {
  if (type.startsWith('json')) return `nullif(given.cells->${index}, 'null')::${type}`;
  return type === 'text' ? `given.cells->>${index}` : `(given.cells->>${index})::${type}`;
};

const valueOf = (row: object | undefined, name: string): unknown =>
  (row as Readonly<Record<string, unknown>> | undefined)?.[name] ?? null;

/**
 * The select list of many rows, for `FROM jsonb_array_elements($1) AS given (cells)`: a row is a list without names, and what
 * all rows share is sent once, beside them. Of wide rows that leaves a third of the bytes, and half of the server's work.
 */
const packed = (
  columns: readonly (readonly [string, string])[],
  rows: readonly object[],
): { readonly list: string; readonly params: readonly unknown[] } => {
  const shared: unknown[] = [];
  const varying: string[] = [];
  const list = columns.map(([name, type]) => {
    const first = valueOf(rows[0], name);
    if (rows.some((row) => valueOf(row, name) !== first))
      return readCell(varying.push(name) - 1, checkedType(type));
    return `$${shared.push(parameterOf(first, type)) + 1}::${checkedType(type)}`;
  });
  const cells = rows.map((row) => varying.map((name) => cellOf(valueOf(row, name))));
  return { list: list.join(', '), params: [storableJson(cells), ...shared] };
};

/** Inserts (or upserts) any number of rows with one statement; `undefined` becomes null. Returns how many were written. */
export const insertRows = async <Row extends object>(
  sql: Sql,
  insert: BulkInsert<Row>,
  rows: readonly Row[],
): Promise<number> => {
  if (rows.length === 0) return 0;
  const columns = Object.entries<string>(insert.columns);
  const { list, params } = packed(columns, rows);
  const names = columns.map(([name]) => identifier(name)).join(', ');
  return sql.execute(
    `INSERT INTO ${insert.into} (${names}) SELECT ${list} FROM jsonb_array_elements($1::jsonb) AS given (cells)
     ${insert.onConflict ?? ''}`,
    params,
  );
};
