import {
  type Amendment, type AssignedKey, dayOf, type EndedKey, fingerprintOf, type LedgerContext, type LedgerEvent, type LedgerTransaction,
  type Removal, type TransactionKey, wordOf,
} from '#domain'; // prettier-ignore
import type { EndedKeyRow, EntryRow, HistoryRow, KeyRow, SourceRow } from './ledger-tables.js';

export type LedgerEventAt = LedgerEvent & { readonly revision: bigint };

export interface SyncLedgerCounts {
  readonly syncId: string;
  imported: number;
  updated: number;
  removed: number;
}

export interface ObservedBalance {
  readonly balance: string;
  readonly currency: string;
  readonly observedAt: string;
}

const entryOf = (
  context: LedgerContext,
  transaction: LedgerTransaction,
  removed: { readonly at: string; readonly reason: string } | null,
  importedAt: string | null,
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
  fingerprint: fingerprintOf(context.ledgerId, transaction),
  removed_at: removed?.at ?? null,
  removed_reason: removed?.reason ?? null,
  imported_at: importedAt,
  first_sync_id: context.syncId,
  last_sync_id: context.syncId,
});

const textOf = ({ providerAccountId, providerTransactionId }: TransactionKey): string =>
  JSON.stringify([providerAccountId, providerTransactionId]);

/**
 * What some consecutive events of one ledger do to its tables. It follows from the events alone, whatever the tables hold:
 * first the keys of removed rows and those that ended lose their life, then the keys named by `keys` are as they say.
 */
export class LedgerChanges {
  readonly #entries = new Map<string, EntryRow>();
  readonly #keys = new Map<string, KeyRow>();
  readonly #keysOf = new Map<string, Set<string>>();
  readonly #sources = new Map<string, SourceRow>();
  readonly #counts = new Map<string, SyncLedgerCounts>();
  readonly #removedIds = new Set<string>();
  readonly endedKeys: EndedKeyRow[] = [];
  readonly history: HistoryRow[] = [];
  balance: ObservedBalance | null = null;

  get entries(): readonly EntryRow[] {
    return [...this.#entries.values()];
  }

  get keys(): readonly KeyRow[] {
    return [...this.#keys.values()];
  }

  get sources(): readonly SourceRow[] {
    return [...this.#sources.values()];
  }

  get counts(): readonly SyncLedgerCounts[] {
    return [...this.#counts.values()];
  }

  get removedIds(): readonly string[] {
    return [...this.#removedIds];
  }

  add(event: LedgerEventAt): void {
    switch (event.type) {
      case 'TransactionsImported': {
        const { transactions, importedAt, ...context } = event.data;
        for (const transaction of transactions) {
          this.#put(entryOf(context, transaction, null, importedAt ?? null));
          this.#show(context, transaction);
        }
        this.#countOf(context.syncId).imported += transactions.length;
        return;
      }
      case 'TransactionsAmended': {
        const { amendments, amendedAt, ...context } = event.data;
        for (const each of amendments) this.#amend(context, each, event.revision, amendedAt ?? null);
        this.#countOf(context.syncId).updated += amendments.length;
        return;
      }
      case 'TransactionsRemoved': {
        const { removals, removedAt, ...context } = event.data;
        for (const each of removals) this.#remove(context, each, event.revision, removedAt);
        this.#countOf(context.syncId).removed += removals.length;
        return;
      }
      case 'TransactionKeysAssigned': {
        for (const key of event.data.keys) this.#assign(event.data.ledgerId, key);
        return;
      }
      case 'TransactionKeysEnded': {
        const { keys, endedAt, ...context } = event.data;
        for (const each of keys) this.#endShown(context, each, event.revision, endedAt);
        return;
      }
      case 'BalanceObserved':
        this.balance = event.data;
        return;
    }
  }

  #put(row: EntryRow): void {
    const before = this.#entries.get(row.id);
    const first = before && { first_sync_id: before.first_sync_id, imported_at: before.imported_at };
    this.#entries.set(row.id, { ...row, ...first });
  }

  #show({ ledgerId, connectionId }: LedgerContext, transaction: LedgerTransaction, live = true): void {
    const { providerAccountId } = transaction;
    this.#assign(ledgerId, { ...transaction, word: wordOf(transaction) }, live);
    const source = { ledger_id: ledgerId, provider_account_id: providerAccountId };
    this.#sources.set(providerAccountId, { ...source, connection_id: connectionId });
  }

  #assign(ledgerId: string, key: AssignedKey, live = true): void {
    const { id, providerAccountId, providerTransactionId, word, providerUpdatedAt } = key;
    const text = textOf(key);
    this.#keysOf.get(this.#keys.get(text)?.transaction_id ?? '')?.delete(text);
    this.#keysOf.set(id, (this.#keysOf.get(id) ?? new Set()).add(text));
    this.#keys.set(text, {
      ledger_id: ledgerId,
      provider_account_id: providerAccountId,
      provider_transaction_id: providerTransactionId,
      transaction_id: id,
      live,
      word,
      provider_updated_at: providerUpdatedAt,
    });
  }

  #end({ ledgerId }: LedgerContext, key: TransactionKey, providerUpdatedAt: string | null): void {
    const shown = this.#keys.get(textOf(key));
    if (shown) {
      const updatedAt = providerUpdatedAt ?? shown.provider_updated_at;
      this.#keys.set(textOf(key), { ...shown, live: false, provider_updated_at: updatedAt });
      return;
    }
    this.endedKeys.push({
      ledger_id: ledgerId,
      provider_account_id: key.providerAccountId,
      provider_transaction_id: key.providerTransactionId,
      provider_updated_at: providerUpdatedAt,
    });
  }

  #amend(context: LedgerContext, amendment: Amendment, revision: bigint, at: string | null): void {
    const { transaction, kind, changes, formerKey } = amendment;
    this.#put(entryOf(context, transaction, null, null));
    if (formerKey?.ended) this.#end(context, formerKey, null);
    this.#show(context, transaction);
    const { providerAccountId, providerTransactionId } = transaction;
    const detail = { providerAccountId, providerTransactionId, changes, formerKey: formerKey ?? null };
    this.#tell(context, transaction.id, revision, { at, kind, detail });
  }

  #remove(context: LedgerContext, { transaction, reason }: Removal, revision: bigint, at: string): void {
    const { id, providerAccountId, providerTransactionId } = transaction;
    this.#put(entryOf(context, transaction, { at, reason }, null));
    this.#removedIds.add(id);
    for (const text of this.#keysOf.get(id) ?? []) {
      const key = this.#keys.get(text);
      if (key) this.#keys.set(text, { ...key, live: false });
    }
    this.#show(context, transaction, false);
    const detail = { providerAccountId, providerTransactionId, reason };
    this.#tell(context, id, revision, { at, kind: 'removed', detail });
  }

  #endShown(context: LedgerContext, ended: EndedKey, revision: bigint, at: string): void {
    const { id, providerAccountId, providerTransactionId, reason } = ended;
    this.#end(context, ended, ended.providerUpdatedAt);
    const detail = { providerAccountId, providerTransactionId, reason };
    this.#tell(context, id, revision, { at, kind: 'key-ended', detail });
  }

  #tell(
    { ledgerId, syncId, connectionId }: LedgerContext,
    id: string,
    revision: bigint,
    what: Pick<HistoryRow, 'at' | 'kind' | 'detail'>,
  ): void {
    this.history.push({
      transaction_id: id,
      revision: revision.toString(),
      ledger_id: ledgerId,
      ...what,
      sync_id: syncId,
      connection_id: connectionId,
    });
  }

  #countOf(syncId: string): SyncLedgerCounts {
    const known = this.#counts.get(syncId) ?? { syncId, imported: 0, updated: 0, removed: 0 };
    this.#counts.set(syncId, known);
    return known;
  }
}

export const changesOf = (events: readonly LedgerEventAt[]): LedgerChanges => {
  const changes = new LedgerChanges();
  for (const event of events) changes.add(event);
  return changes;
};
