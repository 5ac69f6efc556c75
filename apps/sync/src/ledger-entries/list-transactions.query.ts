import type { Page, TransactionView } from '#contracts';
import { type Database, keysetPage, keysetPlace } from '#read-model';
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

/** Transactions of one connection, newest bank day first; removed ones are shown, with the time of their removal. */
export const listTransactions = async (
  db: Database,
  filter: TransactionsFilter,
): Promise<Page<TransactionView>> => {
  const place = keysetPlace(filter.cursor);
  const rows = await db.query<EntryRow>(
    `SELECT * FROM ${LEDGER}.entries WHERE connection_id = $1 AND ($2::text IS NULL OR tenant_id = $2)
       AND ($3::date IS NULL OR day >= $3) AND ($4::date IS NULL OR day <= $4)
       AND ($5::date IS NULL OR (day, id) < ($5::date, $6::uuid))
     ORDER BY day DESC, id DESC LIMIT $7`,
    [
      filter.connectionId,
      filter.scope,
      filter.from ?? null,
      filter.to ?? null,
      place?.[0] ?? null,
      place?.[1] ?? null,
      filter.limit + 1,
    ],
  );
  const page = keysetPage(rows, filter.limit, ({ day, id }) => [day, id]);
  return { items: page.rows.map(viewOf), nextCursor: page.nextCursor };
};
