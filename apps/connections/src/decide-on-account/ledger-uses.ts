import type { AccountFacts, LedgerUse } from '#domain';
import type { Database } from '#read-model';
import { CONNECTION_STATUS } from '../connection-rows.js';

interface SourceRow {
  readonly account: AccountFacts;
}

interface Ledgers {
  readonly tenantId: string;
  /** Whose own accounts are left out. */
  readonly connectionId: string;
  readonly ledgerIds: readonly string[];
}

/** What the tenant's other connections import into these ledgers, and the currencies that they are kept in. */
export const ledgerUses = async (
  db: Database,
  { tenantId, connectionId, ledgerIds }: Ledgers,
): Promise<readonly LedgerUse[]> => {
  const [rows, balances] = await Promise.all([
    db.query<SourceRow>(
      `SELECT account FROM ${CONNECTION_STATUS}.connections, jsonb_array_elements(state->'accounts') AS account
       WHERE tenant_id = $1 AND id <> $2 AND status NOT IN ('pending', 'disconnected')
         AND account->>'ledgerId' = ANY($3) AND account->>'sharing' = 'shared' AND account->>'trackedAs' IS NOT NULL`,
      [tenantId, connectionId, ledgerIds],
    ),
    db.query<{ readonly ledger_id: string; readonly currency: string }>(
      `SELECT ledger_id, currency FROM ${CONNECTION_STATUS}.balances WHERE ledger_id = ANY($1::uuid[])`,
      [ledgerIds],
    ),
  ]);
  return ledgerIds.map((ledgerId) => ({
    ledgerId,
    currency: balances.find((each) => each.ledger_id === ledgerId)?.currency ?? null,
    sources: rows.flatMap(({ account }) => (account.ledgerId === ledgerId ? [account] : [])),
  }));
};
