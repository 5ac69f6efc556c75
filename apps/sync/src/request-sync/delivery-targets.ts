import type { ConnectionLinked, NoticeTarget } from '#domain';
import { type Database, rowsRelation, waitForPosition } from '#read-model';
import { LINKED_CONNECTIONS } from './linked-connections.js';

/** The projection has not yet seen what the log already says. */
export class LinksBehind extends Error {
  override readonly name = 'LinksBehind';
}

/** @throws {LinksBehind} the projection did not get there in time; ask again */
const reached = async (db: Database, position: bigint): Promise<void> => {
  if (await waitForPosition(db, LINKED_CONNECTIONS, position, 10_000)) return;
  throw new LinksBehind(`The projection ${LINKED_CONNECTIONS} has not reached position ${position}.`);
};

/** What a notice names at a provider. */
export interface ProviderTarget {
  readonly provider: string;
  readonly target: NoticeTarget;
}

/** Our connections that are linked to it now, and whether some were that are not any more. */
export interface Linked {
  readonly connectionIds: readonly string[];
  readonly wasLinked: boolean;
}

interface TargetRow {
  readonly n: number;
  readonly provider: string;
  readonly user_id: string | null;
  readonly connection: string | null;
}

const TARGET_COLUMNS = { n: 'integer', provider: 'text', user_id: 'text', connection: 'text' } as const;

const NOTHING: Linked = { connectionIds: [], wasLinked: false };

/**
 * Our connections that each of the targets stands for, in their order, as of a place in the log: by the provider's
 * connection, or where none is named, all of the provider's user.
 * @throws {LinksBehind}
 */
export const connectionsLinkedTo = async (
  db: Database,
  targets: readonly ProviderTarget[],
  asOf: bigint,
): Promise<readonly Linked[]> => {
  if (targets.length === 0) return [];
  await reached(db, asOf);
  const asked = targets.map(({ provider, target }, n): TargetRow => {
    const { providerConnectionId: connection, providerUserId } = target;
    return { n, provider, connection, user_id: connection === null ? providerUserId : null };
  });
  const { text, params } = rowsRelation(TARGET_COLUMNS, asked, 'asked');
  const links = `${LINKED_CONNECTIONS}.links`;
  const rows = await db.query<{ n: number; connection_id: string; ended: boolean }>(
    `SELECT n, connection_id, ended FROM ${text} JOIN ${links} AS link USING (provider)
      WHERE link.provider_connection_id = asked.connection OR link.provider_user_id = asked.user_id`,
    params,
  );
  const found = new Map<number, Linked>();
  for (const { n, connection_id, ended } of rows) {
    const { connectionIds } = found.get(n) ?? NOTHING;
    found.set(n, {
      connectionIds: ended ? connectionIds : [...connectionIds, connection_id],
      wasLinked: true,
    });
  }
  return targets.map((_, n) => found.get(n) ?? NOTHING);
};

/** A delivery that waits for something of ours to match it. */
export interface ParkedDelivery {
  readonly deliveryId: string;
  readonly requestId: string;
}

/**
 * The parked deliveries that a new link explains: they name the provider's connection, or its user alone, or our own
 * connection. Oldest ids first.
 * @param asOf a position that the log had when the link was handled: whatever was parked before is seen
 * @throws {LinksBehind}
 */
export const parkedFor = async (
  db: Database,
  { connectionId, provider, providerUserId, providerConnectionId }: ConnectionLinked['data'],
  asOf: bigint,
): Promise<readonly ParkedDelivery[]> => {
  await reached(db, asOf);
  const rows = await db.query<{ delivery_id: string; request_id: string }>(
    `SELECT delivery_id, request_id FROM ${LINKED_CONNECTIONS}.parked WHERE connection_id = $1
     UNION SELECT delivery_id, request_id FROM ${LINKED_CONNECTIONS}.parked
       WHERE provider = $2 AND provider_connection_id = $3
     UNION SELECT delivery_id, request_id FROM ${LINKED_CONNECTIONS}.parked
       WHERE provider = $2 AND provider_user_id = $4 AND provider_connection_id IS NULL
     ORDER BY delivery_id`,
    [connectionId, provider, providerConnectionId, providerUserId],
  );
  return rows.map(({ delivery_id, request_id }) => ({ deliveryId: delivery_id, requestId: request_id }));
};
