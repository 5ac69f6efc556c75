import type { Sandbox } from '../sandbox.js';
import { connectorById, connectorView } from '../bank/connectors.js';
import { parisTimestamp } from '../timestamps.js';
import { overridden } from './overrides.js';

export interface StoredConnection {
  readonly id: number;
  readonly id_user: number;
  readonly id_connector: number;
  readonly state: string | null;
  readonly error_message: string | null;
  readonly fields: string | null;
  readonly last_update: string | null;
  readonly created: string;
  readonly active: number;
  readonly last_push: string | null;
  readonly expire_ms: number | null;
  readonly next_try_ms: number | null;
  readonly synced_ms: number | null;
  readonly sync_due_ms: number | null;
}

export const findConnection = ({ store }: Sandbox, id: number): StoredConnection | undefined =>
  store.first<StoredConnection>('SELECT * FROM connections WHERE id = ?', id);

const timestamp = (instantMs: number | null): string | null =>
  instantMs === null ? null : parisTimestamp(instantMs);

/** Ids of sources lie beside those of their connections; here a connection has one source. */
export const sourceIdOf = (connectionId: number): number => connectionId + 2443;

export const sourceView = (connection: StoredConnection): Record<string, unknown> => ({
  id: sourceIdOf(connection.id),
  id_connection: connection.id,
  id_connector_source: connection.id_connector + 12,
  name: connectorById(connection.id_connector)?.mechanism === 'webauth' ? 'openapi' : 'directaccess',
  state: connection.state,
  last_update: connection.last_update,
  disabled: null,
  created: connection.created,
  access_expire: timestamp(connection.expire_ms),
  expire: timestamp(connection.expire_ms),
  next_try: timestamp(connection.next_try_ms),
});

const plainView = (connection: StoredConnection): Record<string, unknown> => ({
  id: connection.id,
  id_user: connection.id_user,
  id_connector: connection.id_connector,
  id_provider: connection.id_connector,
  id_bank: connection.id_connector,
  connector_uuid: connectorById(connection.id_connector)?.uuid,
  state: connection.state,
  error: connection.state,
  error_message: connection.error_message,
  fields: connection.fields === null ? null : JSON.parse(connection.fields),
  last_update: connection.last_update,
  created: connection.created,
  active: connection.active === 1,
  last_push: connection.last_push,
  expire: timestamp(connection.expire_ms),
  next_try: timestamp(connection.next_try_ms),
});

export const connectionView = ({ store }: Sandbox, connection: StoredConnection): Record<string, unknown> =>
  overridden(store, plainView(connection), `connection:${connection.id}`);

export const connectorOf = (connection: StoredConnection): Record<string, unknown> | null => {
  const connector = connectorById(connection.id_connector);
  return connector ? connectorView(connector) : null;
};
