import type { SealedAccess } from '#domain';
import type { Database } from '#read-model';

/** Whether a verified webhook has said that this connection of the provider, or its user, was deleted. */
export const wasToldDeleted = async (
  db: Database,
  provider: string,
  { providerUserId, providerConnectionId }: Pick<SealedAccess, 'providerUserId' | 'providerConnectionId'>,
): Promise<boolean> => {
  const rows = await db.query(
    `SELECT 1 FROM sync_linked_connections.deletions
     WHERE provider = $1 AND (provider_connection_id = $2 OR provider_user_id = $3) LIMIT 1`,
    [provider, providerConnectionId, providerUserId],
  );
  return rows.length > 0;
};
