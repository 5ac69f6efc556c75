import type { TransactionDetailsView } from '#contracts';
import { DomainError, isUuid } from '#kernel';
import type { Database } from '#read-model';
import { type HistoryRow, type KeyRow, LEDGER } from '../ledger-tables.js';
import { type ReadEntry, viewOf } from './transaction-view.js';

type StepView = TransactionDetailsView['history'][number];

/** What `HistoryRow.detail` holds, by kind. */
interface StepDetail {
  readonly providerTransactionId?: string;
  readonly changes?: StepView['changes'];
  readonly formerKey?: StepView['formerKey'];
  readonly reason?: string;
}

const notFound = () => new DomainError('transaction.not-found', 'There is no such transaction.');

const importOf = (row: ReadEntry): StepView => ({
  kind: 'imported',
  at: row.imported_at,
  syncId: row.first_sync_id,
  connectionId: null,
  providerTransactionId: null,
  changes: [],
  formerKey: null,
  reason: null,
});

const stepOf = (row: HistoryRow): StepView => {
  const detail = row.detail as StepDetail;
  return {
    kind: row.kind as StepView['kind'],
    at: row.at,
    syncId: row.sync_id,
    connectionId: row.connection_id,
    providerTransactionId: detail.providerTransactionId ?? null,
    changes: detail.changes ?? [],
    formerKey: detail.formerKey ?? null,
    reason: detail.reason ?? null,
  };
};

/**
 * One transaction with its provider ids and its whole life, at a cost that does not depend on how long its ledger is; `scope`
 * hides another tenant's.
 */
export const getTransaction = async (
  db: Database,
  id: string,
  scope: string | null,
): Promise<TransactionDetailsView> => {
  if (!isUuid(id)) throw notFound();
  const [row] = await db.query<ReadEntry>(`SELECT * FROM ${LEDGER}.entries WHERE id = $1`, [id]);
  if (!row || (scope !== null && row.tenant_id !== scope)) throw notFound();
  const [keys, steps] = await Promise.all([
    db.query<KeyRow>(
      `SELECT * FROM ${LEDGER}.keys WHERE transaction_id = $1
       ORDER BY live DESC, provider_account_id, provider_transaction_id`,
      [id],
    ),
    db.query<HistoryRow>(`SELECT * FROM ${LEDGER}.history WHERE transaction_id = $1 ORDER BY revision`, [id]),
  ]);
  return {
    ...viewOf(row, row.account_id),
    ledgerId: row.ledger_id,
    connectionId: row.connection_id,
    keys: keys.map((key) => ({
      providerAccountId: key.provider_account_id,
      providerTransactionId: key.provider_transaction_id,
      live: key.live,
    })),
    history: [importOf(row), ...steps.map(stepOf)],
  };
};
