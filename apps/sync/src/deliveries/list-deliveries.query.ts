import { DELIVERY_STATES, type DeliveryStateName, type DeliveryView, type Page, PROVIDERS } from '#contracts';
import { DomainError } from '#kernel';
import { type Database, keysetPage, keysetPlace } from '#read-model';
import { DELIVERIES } from '../forgotten-deliveries.js';
import { LISTED_COLUMNS, type ListedRow, viewOf } from './delivery-views.js';

export interface DeliveryFilter {
  /** The only tenant whose connections' deliveries may be seen; `null`: all, also those without a connection. */
  readonly scope: string | null;
  readonly limit: number;
  readonly provider?: string | null | undefined;
  readonly state?: DeliveryStateName | null | undefined;
  readonly connectionId?: string | null | undefined;
  readonly cursor?: string | null | undefined;
}

/**
 * Where the wanted deliveries are found in order. Each branch (provider, state) reads one stretch of an index, so a page
 * costs the same however many deliveries there are, and however few of them match.
 */
const newestOf = ({ scope, connectionId }: DeliveryFilter): string => {
  const inBranch =
    'provider = p.provider AND state = s.state AND position < $3 ORDER BY position DESC LIMIT $4';
  if (connectionId) {
    const ofTenant = '($6::text IS NULL OR tenant_id = $6) AND provider = ANY($1)';
    return `unnest($2::text[]) AS s (state) CROSS JOIN LATERAL (
      SELECT provider, state, position FROM ${DELIVERIES}.matches WHERE connection_id = $5 AND ${ofTenant}
        AND state = s.state AND position < $3 ORDER BY position DESC LIMIT $4) AS newest`;
  }
  const branches = 'unnest($1::text[]) AS p (provider) CROSS JOIN unnest($2::text[]) AS s (state)';
  return scope === null
    ? `${branches} CROSS JOIN LATERAL (
        SELECT provider, state, position FROM ${DELIVERIES}.deliveries WHERE ${inBranch}) AS newest`
    : `${branches} CROSS JOIN LATERAL (
        SELECT DISTINCT ON (position) provider, state, position FROM ${DELIVERIES}.matches
        WHERE tenant_id = $5 AND ${inBranch}) AS newest`;
};

const BEYOND_ALL = String(2n ** 63n - 1n);
const POSITION = /^\d{1,18}$/;

/** @throws {DomainError} `cursor.invalid`, also for a cursor of another list */
const placeOf = (cursor: string | null | undefined): string => {
  const [position = BEYOND_ALL] = keysetPlace(cursor) ?? [];
  if (position === BEYOND_ALL || POSITION.test(position)) return position;
  throw new DomainError('cursor.invalid', 'This cursor is not one of this list; begin without a cursor.');
};

/** Deliveries, newest first. */
export const listDeliveries = async (db: Database, filter: DeliveryFilter): Promise<Page<DeliveryView>> => {
  const { scope, limit, provider, state, connectionId } = filter;
  const before = placeOf(filter.cursor);
  const providers = provider ? [provider] : PROVIDERS;
  const states = state ? [state] : DELIVERY_STATES;
  const who = connectionId ? [connectionId, scope] : scope === null ? [] : [scope];
  const columns = LISTED_COLUMNS.map((column) => `d.${column}`).join(', ');
  const rows = await db.query<ListedRow>(
    `SELECT ${columns} FROM (SELECT newest.* FROM ${newestOf(filter)} ORDER BY newest.position DESC LIMIT $4) AS page
     JOIN ${DELIVERIES}.deliveries d USING (provider, state, position) ORDER BY d.position DESC`,
    [providers, states, before, limit + 1, ...who],
  );
  const page = keysetPage(rows, limit, ({ position, delivery_id }) => [String(position), delivery_id]);
  return { items: page.rows.map((row) => viewOf(row, scope)), nextCursor: page.nextCursor };
};
