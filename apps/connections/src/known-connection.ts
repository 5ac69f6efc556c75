import { connection, type ConnectionState } from '#domain';
import { fold } from '#event-store';
import { DomainError } from '#kernel';
import type { ConnectionsDeps } from './connections-deps.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const isUuid = (text: string): boolean => UUID.test(text);

export type KnownConnection = Exclude<ConnectionState, { status: 'none' }>;

const notFound = () => new DomainError('connection.not-found', 'There is no such connection.');

/** @throws {DomainError} `connection.not-found`: there is none, or it belongs to another tenant than `scope` */
export const knownConnection = async (
  deps: ConnectionsDeps,
  connectionId: string,
  scope: string | null,
): Promise<KnownConnection> => {
  if (!isUuid(connectionId)) throw notFound();
  const { state } = await fold(deps, connection, connectionId);
  if (state.status === 'none' || (scope !== null && state.tenantId !== scope)) throw notFound();
  return state;
};
