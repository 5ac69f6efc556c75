import type { Page, TransactionView } from '#contracts';
import { DomainError } from '#kernel';
import { type Database, decodeCursor, encodeCursor } from '#read-model';
import { type EntryRow, LEDGER } from '../ledger-tables.js';

const viewOf = (row: EntryRow): TransactionView => ({
  id: row.id,
  accountId: row.account_id,
  providerTransactionId: row.provider_transaction_id,
  status: row.status,
  bookedOn: row.booked_on,
  valueOn: row.value_on,
  transactedOn: row.transacted_on,
  amount: row.amount,
  currency: row.currency,
  label: row.label,
  originalLabel: row.original_label,
  type: row.type,
  counterparty: row.counterparty as TransactionView['counterparty'],
  removedAt: row.removed_at,
});

export interface TransactionsFilter {
  readonly connectionId: string;
  readonly scope: string | null;
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
  readonly limit: number;
  readonly cursor?: string | null | undefined;
}

const placeOf = (cursor: string | null | undefined): readonly [string, string] | readonly [null, null] => {
  if (!cursor) return [null, null];
  const [day, id] = decodeCursor(cursor) ?? [];
  if (typeof day === 'string' && typeof id === 'string') return [day, id];
  throw new DomainError('cursor.invalid', 'This cursor is not one of ours; begin without a cursor.');
};

/** Transactions of one connection, newest bank day first; removed ones are shown, with the time of their removal. */
export const listTransactions = async (
  db: Database,
  filter: TransactionsFilter,
): Promise<Page<TransactionView>> => {
  const [day, id] = placeOf(filter.cursor);
  const rows = await db.query<EntryRow>(
    `SELECT * FROM ${LEDGER}.entries WHERE connection_id = $1 AND ($2::text IS NULL OR tenant_id = $2)
       AND ($3::date IS NULL OR day >= $3) AND ($4::date IS NULL OR day <= $4)
       AND ($5::date IS NULL OR (day, id) < ($5::date, $6::uuid))
     ORDER BY day DESC, id DESC LIMIT $7`,
    [filter.connectionId, filter.scope, filter.from ?? null, filter.to ?? null, day, id, filter.limit + 1],
  );
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  const nextCursor = last && rows.length > filter.limit ? encodeCursor([last.day, last.id]) : null;
  return { items: page.map(viewOf), nextCursor };
};
