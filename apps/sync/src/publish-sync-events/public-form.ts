import {
  type PublicEvent, publicEvent, type PublicEventName, type PublicEventParts, type SyncData, type TransactionView,
} from '#contracts'; // prettier-ignore
import { countsInTotals } from '#domain';
import type {
  LedgerContext,
  LedgerEvent,
  LedgerTransaction,
  SyncContext,
  SyncEvent,
  SyncReport,
} from '#domain';
import type { RecordedEvent } from '#kernel';
import { refreshViewOf } from '../refresh-text.js';
import { endOf, problemViews, type RunEnd } from '../run-end.js';

const transactionView = (
  accountId: string,
  transaction: LedgerTransaction,
  removedAt: string | null,
): TransactionView => ({
  id: transaction.id,
  accountId,
  providerTransactionId: transaction.providerTransactionId,
  status: transaction.status,
  bookedOn: transaction.bookedOn,
  valueOn: transaction.valueOn,
  transactedOn: transaction.transactedOn,
  amount: transaction.amount,
  currency: transaction.currency,
  label: transaction.label,
  originalLabel: transaction.originalLabel,
  type: transaction.type,
  countsInTotals: countsInTotals(transaction, removedAt !== null),
  counterparty: transaction.counterparty,
  removedAt,
});

const ledgerHeader = (context: LedgerContext, count: number) => ({
  tenantId: context.tenantId,
  companyId: context.companyId,
  connectionId: context.connectionId,
  accountId: context.accountId,
  ledgerId: context.ledgerId,
  syncId: context.syncId,
  trigger: context.trigger as SyncData['trigger'],
  windowFrom: context.windowFrom,
  windowTo: context.windowTo,
  count,
});

const syncData = (data: SyncContext & SyncReport, { problems, ...end }: RunEnd): SyncData => ({
  id: data.syncId,
  connectionId: data.connectionId,
  tenantId: data.tenantId,
  companyId: data.companyId,
  accountIds: [...data.accountIds],
  createdAt: data.requestedAt,
  trigger: data.trigger,
  startedAt: data.startedAt,
  endedAt: data.endedAt,
  windowFrom: data.windowFrom,
  windowTo: data.windowTo,
  transactionsImported: data.counts.imported,
  transactionsUpdated: data.counts.updated,
  transactionsRemoved: data.counts.removed,
  transactionsSkipped: data.counts.skipped,
  transactionsFailed: data.counts.failed,
  progress: null,
  retry: null,
  refresh: data.refresh ? refreshViewOf(data.refresh) : null,
  nextAllowedAt: data.refresh?.nextAllowedAt ?? null,
  gaps: data.gaps.map(({ accountId, from, to }) => ({ accountId, from, to })),
  ...end,
  problems: problemViews(problems, end.errorMessage),
});

const build = <Name extends PublicEventName>(
  name: Name,
  recorded: RecordedEvent,
  tenantId: string,
  subject: string,
  data: PublicEventParts<Name>['data'],
): PublicEvent =>
  publicEvent(name, {
    id: recorded.id,
    tenantId,
    subject,
    sequence: recorded.revision,
    time: recorded.recordedAt,
    data,
  });

/** What the other services are told of one stored event; `null` for what is nobody else's business. */
export const publicFormOf = (recorded: RecordedEvent): PublicEvent | null => {
  const event = { type: recorded.type, data: recorded.data } as LedgerEvent | SyncEvent;
  switch (event.type) {
    case 'TransactionsImported': {
      const { transactions, ...context } = event.data;
      return build('transactions.imported', recorded, context.tenantId, context.ledgerId, {
        ...ledgerHeader(context, transactions.length),
        transactions: transactions.map((transaction) =>
          transactionView(context.accountId, transaction, null),
        ),
      });
    }
    case 'TransactionsAmended': {
      const { amendments, ...context } = event.data;
      return build('transactions.amended', recorded, context.tenantId, context.ledgerId, {
        ...ledgerHeader(context, amendments.length),
        transactions: amendments.map(({ transaction, kind, changes, formerKey }) => ({
          transaction: transactionView(context.accountId, transaction, null),
          kind,
          changes: [...changes],
          formerKey: formerKey ?? null,
        })),
      });
    }
    case 'TransactionsRemoved': {
      const { removals, removedAt, ...context } = event.data;
      return build('transactions.removed', recorded, context.tenantId, context.ledgerId, {
        ...ledgerHeader(context, removals.length),
        transactions: removals.map(({ transaction, reason }) => ({
          transaction: transactionView(context.accountId, transaction, removedAt),
          reason,
        })),
      });
    }
    case 'TransactionKeysAssigned':
    case 'TransactionKeysEnded':
      return null;
    case 'BalanceObserved': {
      const { tenantId, companyId, ledgerId, accountId, connectionId, balance, currency, observedAt } =
        event.data;
      const data = { tenantId, companyId, ledgerId, accountId, connectionId, balance, currency, observedAt };
      return build('balance.observed', recorded, tenantId, ledgerId, data);
    }
    case 'SyncCompleted':
    case 'SyncFailed':
    case 'SyncTimedOut': {
      const { tenantId, connectionId } = event.data;
      const name = event.type === 'SyncCompleted' ? 'sync.completed' : 'sync.failed';
      return build(name, recorded, tenantId, connectionId, syncData(event.data, endOf(event)));
    }
    case 'SyncRequested':
    case 'SyncQueuedAgain':
    case 'SyncJoined':
    case 'SyncStarted':
    case 'RefreshDecided':
    case 'SyncSliceCompleted':
      return null;
  }
};
