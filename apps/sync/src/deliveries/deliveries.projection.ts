import type { ConnectionEvent, DeliveryEvent, SyncCause, SyncContext } from '#domain';
import type { RecordedEvent } from '#kernel';
import { type ColumnTypes, insertRows, type ProjectionModel, rowsRelation, type Sql } from '#read-model';
import { DELIVERIES, type DeliveriesForgotten, FORGOTTEN_CATEGORY } from '../forgotten-deliveries.js';
import { DELIVERY_COLUMNS, DELIVERY_TABLES, type DeliveryRow } from './delivery-row.js';
import { deliveryOfRequest, receivedRow, withEvent, withRun } from './evolve-delivery.js';
import { type Match, matchDeliveries, rememberConnection, rememberLink } from './match-deliveries.js';

type MatchRow = Match & Pick<DeliveryRow, 'provider' | 'state' | 'position'>;

const MATCH_COLUMNS: ColumnTypes<MatchRow> = {
  delivery_id: 'text',
  connection_id: 'uuid',
  tenant_id: 'text',
  provider: 'text',
  state: 'text',
  position: 'bigint',
};

const STATE_COLUMNS = { delivery_id: 'text', state: 'text' } as const;

const REPLACE = `ON CONFLICT (delivery_id) DO UPDATE SET ${Object.keys(DELIVERY_COLUMNS)
  .map((column) => `${column} = excluded.${column}`)
  .join(', ')} WHERE excluded.seen > known.seen`;

/** What a run of consecutive events did to deliveries, gathered so that each kind of row takes one statement. */
class Changes {
  readonly #rows: Map<string, DeliveryRow>;
  readonly #loaded: ReadonlySet<string>;
  readonly #changed = new Set<string>();
  readonly #receivedAgain = new Set<string>();
  readonly #unmatched = new Set<string>();
  readonly #matches = new Map<string, Match>();

  constructor(known: readonly DeliveryRow[]) {
    this.#rows = new Map(known.map((row) => [row.delivery_id, row]));
    this.#loaded = new Set(this.#rows.keys());
  }

  add(recorded: RecordedEvent): void {
    if (recorded.stream.startsWith('sync-')) return this.#addRun(recorded);
    const event = { type: recorded.type, data: recorded.data } as DeliveryEvent;
    const { deliveryId } = event.data;
    const known = this.#rows.get(deliveryId);
    if (known && known.seen >= recorded.position) return;
    if (event.type === 'WebhookReceived') {
      if (known) this.#receivedAgain.add(deliveryId);
      this.#put(receivedRow(event.data, recorded));
      this.#unmatched.add(deliveryId);
      return;
    }
    if (!known) return;
    this.#put(withEvent(known, event, recorded));
    if (event.type === 'WebhookReplayed') this.#unmatched.add(deliveryId);
  }

  async write(tx: Sql, schema: string): Promise<void> {
    for (const match of await matchDeliveries(tx, schema, this.#of(this.#unmatched))) this.#match(match);
    const rows = this.#of(this.#changed);
    await insertRows(
      tx,
      { into: `${schema}.deliveries AS known`, columns: DELIVERY_COLUMNS, onConflict: REPLACE },
      rows,
    );
    await this.#writeMatches(tx, schema, rows);
  }

  #addRun(recorded: RecordedEvent): void {
    const run = recorded.data as SyncContext;
    const before = new Map<string, DeliveryRow>();
    for (const cause of webhookCauses(recorded)) {
      const known = this.#rows.get(deliveryOfRequest(cause.requestId));
      if (!known) continue;
      const first = before.get(known.delivery_id) ?? known;
      before.set(known.delivery_id, first);
      if (first.seen >= recorded.position) continue;
      this.#put(withRun(known, run, cause, recorded));
      const { connectionId, tenantId } = run;
      this.#match({ delivery_id: known.delivery_id, connection_id: connectionId, tenant_id: tenantId });
    }
  }

  #put(row: DeliveryRow): void {
    this.#rows.set(row.delivery_id, row);
    this.#changed.add(row.delivery_id);
  }

  #match(match: Match): void {
    this.#matches.set(`${match.delivery_id} ${match.connection_id}`, match);
  }

  #of(ids: ReadonlySet<string>): readonly DeliveryRow[] {
    return [...ids].flatMap((id) => this.#rows.get(id) ?? []);
  }

  async #writeMatches(tx: Sql, schema: string, rows: readonly DeliveryRow[]): Promise<void> {
    if (this.#receivedAgain.size > 0) {
      await tx.execute(`DELETE FROM ${schema}.matches WHERE delivery_id = ANY($1)`, [
        [...this.#receivedAgain],
      ]);
    }
    const older = rows.filter(({ delivery_id }) => this.#loaded.has(delivery_id));
    if (older.length > 0) {
      const given = rowsRelation<Pick<DeliveryRow, 'delivery_id' | 'state'>>(STATE_COLUMNS, older, 'given');
      await tx.execute(
        `UPDATE ${schema}.matches m SET state = given.state FROM ${given.text}
         WHERE m.delivery_id = given.delivery_id AND m.state <> given.state`,
        given.params,
      );
    }
    const matches = [...this.#matches.values()].flatMap((match): MatchRow[] => {
      const row = this.#rows.get(match.delivery_id);
      return row ? [{ ...match, provider: row.provider, state: row.state, position: row.position }] : [];
    });
    const onConflict = 'ON CONFLICT (delivery_id, connection_id) DO NOTHING';
    await insertRows(tx, { into: `${schema}.matches`, columns: MATCH_COLUMNS, onConflict }, matches);
  }
}

/** The webhooks' requests that became part of a run by this event. */
const webhookCauses = ({ data }: RecordedEvent): readonly SyncCause[] =>
  ((data as { causes?: readonly SyncCause[] }).causes ?? []).filter(({ trigger }) => trigger === 'webhook');

/** The deliveries that these events change and that may be in the table: all but those that begin here. */
const olderDeliveries = (events: readonly RecordedEvent[]): readonly string[] => {
  const ids = new Set<string>();
  const begun = new Set<string>();
  for (const event of events) {
    if (event.stream.startsWith('sync-')) {
      for (const { requestId } of webhookCauses(event)) ids.add(deliveryOfRequest(requestId));
      continue;
    }
    const { deliveryId } = (event as { data: DeliveryEvent['data'] }).data;
    (event.type === 'WebhookReceived' && event.revision === 0n ? begun : ids).add(deliveryId);
  }
  return [...ids].filter((id) => !begun.has(id));
};

const projectDeliveries = async (
  tx: Sql,
  schema: string,
  events: readonly RecordedEvent[],
): Promise<void> => {
  const older = olderDeliveries(events);
  const known =
    older.length === 0
      ? []
      : await tx.query<DeliveryRow>(`SELECT * FROM ${schema}.deliveries WHERE delivery_id = ANY($1)`, [
          older,
        ]);
  const changes = new Changes(known);
  for (const event of events) changes.add(event);
  await changes.write(tx, schema);
};

const forget = async (tx: Sql, schema: string, { data }: DeliveriesForgotten): Promise<void> => {
  await tx.execute(
    `WITH gone AS (
       DELETE FROM ${schema}.deliveries d USING unnest($1::text[], $2::bigint[]) AS given (delivery_id, revision)
       WHERE d.delivery_id = given.delivery_id AND d.revision <= given.revision RETURNING d.delivery_id)
     DELETE FROM ${schema}.matches WHERE delivery_id IN (SELECT delivery_id FROM gone)`,
    [data.deliveries.map(({ deliveryId }) => deliveryId), data.deliveries.map(({ revision }) => revision)],
  );
};

type Single =
  Extract<ConnectionEvent, { type: 'ConnectionOpened' | 'ConnectionLinked' }> | DeliveriesForgotten;

/** What must find the tables as of its own place in the log; everything else is gathered. */
const asSingle = ({ type, data }: RecordedEvent): Single | undefined =>
  type === 'ConnectionOpened' || type === 'ConnectionLinked' || type === 'DeliveriesForgotten'
    ? ({ type, data } as Single)
    : undefined;

const OF_INTEREST = /^(delivery|sync)-/;

/** Every verified webhook that the log still has, with what became of it: projected from what happened. */
export const deliveriesProjection: ProjectionModel = {
  name: DELIVERIES,
  migrations: [DELIVERY_TABLES],
  streamPrefixes: ['connection-', 'delivery-', 'sync-', `${FORGOTTEN_CATEGORY}-`],
  maxBatch: 2_000,
  project: async (tx, schema, events) => {
    let gathered: RecordedEvent[] = [];
    const flush = async (): Promise<void> => {
      if (gathered.length > 0) await projectDeliveries(tx, schema, gathered);
      gathered = [];
    };
    for (const recorded of events) {
      const single = asSingle(recorded);
      if (single) await flush();
      if (single?.type === 'DeliveriesForgotten') await forget(tx, schema, single);
      else if (single?.type === 'ConnectionOpened') await rememberConnection(tx, schema, single);
      else if (single) await rememberLink(tx, schema, single);
      else if (OF_INTEREST.test(recorded.stream)) gathered.push(recorded);
    }
    await flush();
  },
};
