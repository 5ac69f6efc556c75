import type { TransactionView } from '#contracts';
import { countsInTotals, type TransactionContent } from '#domain';
import type { EntryRow } from '../ledger-tables.js';

/** The fingerprint is for looking rows up, nobody reads it. */
export type ReadEntry = Omit<EntryRow, 'fingerprint'>;

export const viewOf = (row: ReadEntry, accountId: string) =>
  ({
    id: row.id,
    accountId,
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
    countsInTotals: countsInTotals(
      { status: row.status, type: row.type as TransactionContent['type'] },
      row.removed_at !== null,
    ),
    counterparty: row.counterparty as TransactionView['counterparty'],
    removedAt: row.removed_at,
  }) satisfies TransactionView;
