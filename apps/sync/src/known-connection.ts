import { connection, type ConnectionState } from '#domain';
import { fold } from '#event-store';
import { DomainError } from '#kernel';
import type { SyncDeps } from './sync-deps.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export type KnownConnection = Exclude<ConnectionState, { status: 'none' }>;

const notFound = () => new DomainError('connection.not-found', 'There is no such connection.');

/**
 * The connection that a request or a webhook names, whatever text that is.
 * @throws {DomainError} `connection.not-found`: there is none, or it belongs to another tenant than `scope`
 */
export const knownConnection = async (
  deps: Pick<SyncDeps, 'store' | 'snapshots'>,
  connectionId: string,
  scope: string | null,
): Promise<KnownConnection> => {
  if (!UUID.test(connectionId)) throw notFound();
  const { state } = await fold(deps, connection, connectionId);
  if (state.status === 'none' || (scope !== null && state.tenantId !== scope)) throw notFound();
  return state;
};
