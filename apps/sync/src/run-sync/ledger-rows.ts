import type { LedgerRow, LedgerTransaction } from '#domain';
import type { Sql } from '#read-model';
import { type EntryRow, LEDGER } from '../ledger-tables.js';

const transactionOf = (row: EntryRow): LedgerTransaction =>
  ({
    id: row.id,
    providerAccountId: row.provider_account_id,
    providerTransactionId: row.provider_transaction_id,
    providerUpdatedAt: row.provider_updated_at,
    status: row.status,
    bookedOn: row.booked_on,
    valueOn: row.value_on,
    transactedOn: row.transacted_on,
    amount: row.amount,
    currency: row.currency,
    label: row.label,
    originalLabel: row.original_label,
    type: row.type,
    counterparty: row.counterparty,
  }) as LedgerTransaction;

/** The ledger's rows under the given ids, as the decider wants them. */
export const ledgerRows = async (
  sql: Sql,
  ledgerId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LedgerRow>> => {
  const rows = await sql.query<EntryRow>(
    `SELECT * FROM ${LEDGER}.entries WHERE ledger_id = $1 AND id = ANY($2::uuid[])`,
    [ledgerId, ids],
  );
  return new Map(
    rows.map((row) => [row.id, { transaction: transactionOf(row), removed: row.removed_at !== null }]),
  );
};
