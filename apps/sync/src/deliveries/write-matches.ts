import { type ColumnTypes, insertRows, rowsRelation, type Sql } from '#read-model';
import type { DeliveryFate } from './delivery-row.js';

interface MatchRow {
  readonly connection_id: string;
  readonly tenant_id: string;
  readonly provider: string;
  readonly state: string;
  readonly position: bigint;
}

const MATCH_COLUMNS: ColumnTypes<MatchRow> = {
  connection_id: 'uuid',
  tenant_id: 'text',
  provider: 'text',
  state: 'text',
  position: 'bigint',
};

type Matched = Pick<DeliveryFate, 'connections' | 'state' | 'position'>;

const PLACE = { connection_id: 'uuid', state: 'text', position: 'bigint' } as const;
type Place = Pick<MatchRow, 'connection_id' | 'state' | 'position'>;

const MOVE = { ...PLACE, next: 'text' } as const;

const placesOf = ({ connections, state, position }: Matched): readonly Place[] =>
  connections.map(({ connectionId }) => ({ connection_id: connectionId, state, position }));

const AT_PLACE =
  'm.connection_id = given.connection_id AND m.state = given.state AND m.position = given.position';

export const deleteMatches = async (tx: Sql, schema: string, rows: readonly Matched[]): Promise<void> => {
  const places = rows.flatMap(placesOf);
  if (places.length === 0) return;
  const { text, params } = rowsRelation<Place>(PLACE, places, 'given');
  await tx.execute(`DELETE FROM ${schema}.matches m USING ${text} WHERE ${AT_PLACE}`, params);
};

/** A delivery before and after; `before` is `undefined` for one that is new. */
export interface Change {
  readonly before: DeliveryFate | undefined;
  readonly after: DeliveryFate;
}

/** Keeps the matches in step with the rows: each repeats its delivery's provider, state and position. */
export const writeMatches = async (tx: Sql, schema: string, changes: readonly Change[]): Promise<void> => {
  const again = changes.flatMap(({ before, after }) =>
    before && before.position !== after.position ? before : [],
  );
  await deleteMatches(tx, schema, again);
  const kept = changes.map(({ before, after }) => ({
    before: before?.position === after.position ? before : undefined,
    after,
  }));
  const moves = kept.flatMap(({ before, after }) =>
    before && before.state !== after.state
      ? placesOf(before).map((place) => ({ ...place, next: after.state }))
      : [],
  );
  if (moves.length > 0) {
    const { text, params } = rowsRelation<(typeof moves)[number]>(MOVE, moves, 'given');
    await tx.execute(
      `UPDATE ${schema}.matches m SET state = given.next FROM ${text} WHERE ${AT_PLACE}`,
      params,
    );
  }
  const news = kept.flatMap(({ before, after }) => {
    const { provider, state, position } = after;
    // Connections are only ever added, at the end.
    return after.connections.slice(before?.connections.length ?? 0).map(({ connectionId, tenantId }) => ({
      connection_id: connectionId,
      tenant_id: tenantId,
      provider,
      state,
      position,
    }));
  });
  await insertRows(tx, { into: `${schema}.matches`, columns: MATCH_COLUMNS }, news);
};
