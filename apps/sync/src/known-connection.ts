import { connection } from '#domain';
import { fold } from '#event-store';
import { DomainError } from '#kernel';
import type { SyncDeps } from './sync-deps.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const notFound = () => new DomainError('connection.not-found', 'There is no such connection.');

/** @throws {DomainError} `connection.not-found`: there is none, or it belongs to another tenant than `scope` */
export const assertKnownConnection = async (
  deps: Pick<SyncDeps, 'store' | 'snapshots'>,
  connectionId: string,
  scope: string | null,
): Promise<void> => {
  if (!UUID.test(connectionId)) throw notFound();
  const { state } = await fold(deps, connection, connectionId);
  if (state.status === 'none' || (scope !== null && state.tenantId !== scope)) throw notFound();
};
