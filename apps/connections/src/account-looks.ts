import type { AccountLook } from '#domain';
import type { Database } from '#read-model';
import { CONNECTION_STATUS } from './connection-rows.js';

/** What the last sync saw of each account, by the provider's id. */
export type AccountLooks = Readonly<Record<string, Omit<AccountLook, 'providerAccountId'>>>;

/** Of one connection; nothing where the rows do not know it yet. */
export const looksOf = async (db: Database, connectionId: string): Promise<AccountLooks> => {
  const rows = await db.query<{ readonly looks: AccountLooks }>(
    `SELECT looks FROM ${CONNECTION_STATUS}.connections WHERE id = $1`,
    [connectionId],
  );
  return rows[0]?.looks ?? {};
};
