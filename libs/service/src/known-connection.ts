import { connection, type ConnectionState } from '#domain';
import { fold, type FoldDeps } from '#event-store';
import { DomainError, isUuid } from '#kernel';

export type KnownConnection = Exclude<ConnectionState, { status: 'none' }>;

const notFound = () => new DomainError('connection.not-found', 'There is no such connection.');

/**
 * The connection that a request or a webhook names, whatever text that is.
 * @throws {DomainError} `connection.not-found`: there is none, or it belongs to another tenant than `scope`
 */
export const knownConnection = async (
  deps: FoldDeps,
  connectionId: string,
  scope: string | null,
): Promise<KnownConnection> => {
  if (!isUuid(connectionId)) throw notFound();
  const { state } = await fold(deps, connection, connectionId);
  if (state.status === 'none' || (scope !== null && state.tenantId !== scope)) throw notFound();
  return state;
};
