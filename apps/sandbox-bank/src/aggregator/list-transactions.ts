import type { Store } from '../store.js';
import { encodeCursor } from './cursor.js';
import type { TransactionQuery } from './transaction-query.js';
import type { StoredTransaction } from './transaction-json.js';

export interface TransactionPage {
  readonly rows: readonly StoredTransaction[];
  /** The row after the last one, when there is one. */
  readonly unserved: StoredTransaction | null;
  readonly total: number;
  readonly firstDate: string | null;
  readonly lastDate: string | null;
  readonly next: string | null;
  readonly prev: string | null;
}

export interface TransactionScope {
  readonly column: 'id_user' | 'id_connection' | 'id_account';
  readonly id: number;
}

/** The day by itself first: SQLite finds its place in the index by that, and would read the list from its beginning by the rest. */
const PLACE = {
  after: { condition: ' AND date <= ? AND (date < ? OR id > ?)', order: 'date DESC, id ASC' },
  before: { condition: ' AND date >= ? AND (date > ? OR id < ?)', order: 'date ASC, id DESC' },
} as const;

/**
 * One page by keyset: a row that is inserted or changed while somebody pages never shifts the others. One row more
 * than asked for is read, to know whether there is a next page.
 */
export const listTransactions = (
  store: Store,
  scope: TransactionScope,
  query: TransactionQuery,
): TransactionPage => {
  const { cursor, limit, where, values } = query;
  const place = PLACE[cursor?.direction ?? 'after'];
  const found = store.all<StoredTransaction>(
    `SELECT * FROM transactions WHERE ${scope.column} = ?${where}${cursor ? place.condition : ''}
     ORDER BY ${place.order} LIMIT ? OFFSET ?`,
    scope.id,
    ...values,
    ...(cursor ? [cursor.date, cursor.date, cursor.id] : []),
    limit + 1,
    query.offset,
  );
  const rows = found.slice(0, limit);
  if (cursor?.direction === 'before') rows.reverse();
  const hasMore = found.length > limit;
  const hasNext = cursor?.direction === 'before' || hasMore;
  const hasPrevious = cursor?.direction === 'before' ? hasMore : cursor !== null;
  const [first, last] = [rows.at(0), rows.at(-1)];
  const range = store.remembered<{ first: string | null; last: string | null }>(
    `SELECT min(date) AS first, max(date) AS last FROM transactions WHERE ${scope.column} = ?`,
    scope.id,
  );
  const counted = store.remembered<{ total: number }>(
    `SELECT count(*) AS total FROM transactions WHERE ${scope.column} = ?${where}`,
    scope.id,
    ...values,
  );
  return {
    rows,
    unserved: cursor?.direction === 'before' ? null : (found[limit] ?? null),
    total: counted?.total ?? 0,
    firstDate: range?.first ?? null,
    lastDate: range?.last ?? null,
    next: hasNext && last ? encodeCursor({ direction: 'after', date: last.date, id: last.id }) : null,
    prev: hasPrevious && first ? encodeCursor({ direction: 'before', date: first.date, id: first.id }) : null,
  };
};
