import type { LedgerContext, LedgerEvent, LedgerTransaction } from '#domain';
import type { EntryRow } from './ledger-tables.js';

/** What some consecutive events of one ledger do to its rows. */
export interface LedgerChanges {
  readonly entries: readonly EntryRow[];
  readonly balance: {
    readonly balance: string;
    readonly currency: string;
    readonly observedAt: string;
  } | null;
  readonly counts: readonly SyncLedgerCounts[];
}

export interface SyncLedgerCounts {
  readonly syncId: string;
  imported: number;
  updated: number;
  removed: number;
}

const entryOf = (
  context: LedgerContext,
  transaction: LedgerTransaction,
  removed: { readonly at: string; readonly reason: string } | null,
): EntryRow => ({
  ledger_id: context.ledgerId,
  id: transaction.id,
  connection_id: context.connectionId,
  tenant_id: context.tenantId,
  account_id: context.accountId,
  provider_account_id: transaction.providerAccountId,
  provider_transaction_id: transaction.providerTransactionId,
  status: transaction.status,
  day: dayOf(transaction),
  booked_on: transaction.bookedOn,
  value_on: transaction.valueOn,
  transacted_on: transaction.transactedOn,
  amount: transaction.amount,
  currency: transaction.currency,
  label: transaction.label,
  original_label: transaction.originalLabel,
  type: transaction.type,
  counterparty: transaction.counterparty,
  provider_updated_at: transaction.providerUpdatedAt,
  removed_at: removed?.at ?? null,
  removed_reason: removed?.reason ?? null,
  first_sync_id: context.syncId,
  last_sync_id: context.syncId,
});

/** The bank day that a transaction is filed under; the translator refuses rows that have none of the three. */
const dayOf = ({ bookedOn, valueOn, transactedOn }: LedgerTransaction): string =>
  bookedOn ?? valueOn ?? transactedOn ?? '0001-01-01';

export const changesOf = (events: readonly LedgerEvent[]): LedgerChanges => {
  const entries = new Map<string, EntryRow>();
  const counts = new Map<string, SyncLedgerCounts>();
  let balance: LedgerChanges['balance'] = null;
  const countOf = (syncId: string): SyncLedgerCounts => {
    const known = counts.get(syncId) ?? { syncId, imported: 0, updated: 0, removed: 0 };
    counts.set(syncId, known);
    return known;
  };
  const put = (row: EntryRow) => {
    const first = entries.get(row.id)?.first_sync_id ?? row.first_sync_id;
    entries.set(row.id, { ...row, first_sync_id: first });
  };
  for (const event of events) {
    switch (event.type) {
      case 'TransactionsImported':
        for (const transaction of event.data.transactions) put(entryOf(event.data, transaction, null));
        countOf(event.data.syncId).imported += event.data.transactions.length;
        break;
      case 'TransactionsAmended':
        for (const { transaction } of event.data.amendments) put(entryOf(event.data, transaction, null));
        countOf(event.data.syncId).updated += event.data.amendments.length;
        break;
      case 'TransactionsRemoved':
        for (const { transaction, reason } of event.data.removals) {
          put(entryOf(event.data, transaction, { at: event.data.removedAt, reason }));
        }
        countOf(event.data.syncId).removed += event.data.removals.length;
        break;
      case 'BalanceObserved':
        balance = event.data;
        break;
    }
  }
  return { entries: [...entries.values()], balance, counts: [...counts.values()] };
};
