import type { DeliveryConnectionView, DeliveryStateName, DeliveryStepName } from '#contracts';
import type { ProviderNotice } from '#domain';
import type { ColumnTypes } from '#read-model';

/** One thing that happened after the reception, as the table keeps it; what does not apply is left out. */
export interface Step {
  readonly what: DeliveryStepName;
  readonly at: string;
  readonly reason?: string;
  readonly requestId?: string;
  readonly connectionId?: string;
  readonly syncId?: string;
  readonly actor?: string;
}

/** What later events may change of a delivery, and what they must know of it. */
export interface DeliveryFate {
  readonly delivery_id: string;
  readonly provider: 'powens' | 'tink';
  /** Log position of its reception: the order of lists. */
  readonly position: bigint;
  /** Log position of the last event that was folded in. */
  readonly seen: bigint;
  /** Last revision of its stream. */
  readonly revision: bigint;
  readonly notice: ProviderNotice;
  readonly state: DeliveryStateName;
  readonly reason: string | null;
  readonly resolved_at: string | null;
  readonly replays: number;
  /** The connections that it was found to be about. */
  readonly connections: readonly DeliveryConnectionView[];
  readonly history: readonly Step[];
}

/** One delivery as it stands in the table. */
export interface DeliveryRow extends DeliveryFate {
  readonly scheme: string;
  readonly secret_fingerprint: string;
  readonly path: string;
  readonly signed_at: string | null;
  readonly received_at: string;
  readonly body_bytes: number;
  readonly body_sha256: string;
}

export const FATE_COLUMNS: ColumnTypes<DeliveryFate> = {
  delivery_id: 'text',
  provider: 'text',
  position: 'bigint',
  seen: 'bigint',
  revision: 'bigint',
  notice: 'jsonb',
  state: 'text',
  reason: 'text',
  resolved_at: 'timestamptz',
  replays: 'integer',
  connections: 'jsonb',
  history: 'jsonb',
};

export const DELIVERY_COLUMNS: ColumnTypes<DeliveryRow> = {
  ...FATE_COLUMNS,
  scheme: 'text',
  secret_fingerprint: 'text',
  path: 'text',
  // A provider's own text: a date that is none must not halt the projection.
  signed_at: 'text',
  received_at: 'timestamptz',
  body_bytes: 'integer',
  body_sha256: 'text',
};

/**
 * One index serves every list of all deliveries: equality on provider and state, order by position. A list without one of
 * the two merges the few values that there are, and so does the search for the oldest. A match repeats the three and is
 * joined by them; its own two indexes serve the lists of a connection and of a tenant.
 */
export const DELIVERY_TABLES = `
  CREATE TABLE {schema}.deliveries (
    delivery_id text PRIMARY KEY,
    provider text NOT NULL,
    position bigint NOT NULL,
    seen bigint NOT NULL,
    revision bigint NOT NULL,
    notice jsonb NOT NULL,
    state text NOT NULL,
    reason text,
    resolved_at timestamptz,
    replays integer NOT NULL,
    connections jsonb NOT NULL,
    history jsonb NOT NULL,
    scheme text NOT NULL,
    secret_fingerprint text NOT NULL,
    path text NOT NULL,
    signed_at text,
    received_at timestamptz NOT NULL,
    body_bytes integer NOT NULL,
    body_sha256 text NOT NULL
  );
  CREATE INDEX deliveries_in_order ON {schema}.deliveries (provider, state, position);
  CREATE TABLE {schema}.matches (
    connection_id uuid NOT NULL,
    tenant_id text NOT NULL,
    provider text NOT NULL,
    state text NOT NULL,
    position bigint NOT NULL
  );
  CREATE UNIQUE INDEX matches_of_connection ON {schema}.matches (connection_id, state, position);
  CREATE INDEX matches_of_tenant ON {schema}.matches (tenant_id, provider, state, position);
  CREATE TABLE {schema}.connections (
    connection_id uuid PRIMARY KEY,
    tenant_id text NOT NULL
  );
  CREATE TABLE {schema}.links (
    connection_id uuid NOT NULL,
    provider text NOT NULL,
    provider_connection_id text NOT NULL,
    provider_user_id text NOT NULL,
    PRIMARY KEY (connection_id, provider, provider_connection_id)
  );
  CREATE INDEX links_by_connection ON {schema}.links (provider, provider_connection_id);
  CREATE INDEX links_by_user ON {schema}.links (provider, provider_user_id);`;
