import type { Page, TransactionView } from '#contracts';
import { type Database, keysetPage, keysetPlace } from '#read-model';
import { LEDGER } from '../ledger-tables.js';
import { type ReadEntry, viewOf } from './transaction-view.js';

export interface TransactionsFilter {
  /** The ledgers to list, each with the caller's account id that it is known under. */
  readonly accounts: ReadonlyMap<string, string>;
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
  readonly limit: number;
  readonly cursor?: string | null | undefined;
}

/**
 * Transactions of some ledgers, newest bank day first; removed ones are shown, with the time of their removal. Each
 * ledger gives at most one page of its own, so that the cost does not depend on how long it is.
 */
export const listTransactions = async (
  db: Database,
  { accounts, from, to, limit, cursor }: TransactionsFilter,
): Promise<Page<TransactionView>> => {
  const place = keysetPlace(cursor);
  const rows = await db.query<ReadEntry>(
    `SELECT page.* FROM unnest($1::uuid[]) AS wanted (ledger_id) CROSS JOIN LATERAL (
       SELECT * FROM ${LEDGER}.entries AS entry WHERE entry.ledger_id = wanted.ledger_id
         AND ($2::date IS NULL OR day >= $2) AND ($3::date IS NULL OR day <= $3)
         AND ($4::date IS NULL OR (day, id) < ($4::date, $5::uuid))
       ORDER BY day DESC, id DESC LIMIT $6
     ) AS page ORDER BY page.day DESC, page.id DESC LIMIT $6`,
    [[...accounts.keys()], from ?? null, to ?? null, place?.[0] ?? null, place?.[1] ?? null, limit + 1],
  );
  const page = keysetPage(rows, limit, ({ day, id }) => [day, id]);
  const items = page.rows.map((row) => viewOf(row, accounts.get(row.ledger_id) ?? row.account_id));
  return { items, nextCursor: page.nextCursor };
};
