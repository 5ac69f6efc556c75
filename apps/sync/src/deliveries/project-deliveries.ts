import type { DeliveryEvent, SyncCause, SyncContext } from '#domain';
import type { RecordedEvent } from '#kernel';
import { type ColumnTypes, insertRows, rowsRelation, type Sql } from '#read-model';
import { DELIVERY_COLUMNS, type DeliveryFate, type DeliveryRow, FATE_COLUMNS } from './delivery-row.js';
import { deliveryOfRequest, receivedRow, withConnection, withEvent, withRun } from './evolve-delivery.js';
import { matchDeliveries } from './match-deliveries.js';
import { writeMatches } from './write-matches.js';

const REPLACE = `ON CONFLICT (delivery_id) DO UPDATE SET ${Object.keys(DELIVERY_COLUMNS)
  .map((column) => `${column} = excluded.${column}`)
  .join(', ')}`;

const { provider: _, position: __, notice: ___, ...CHANGEABLE } = FATE_COLUMNS;

const SET_CHANGEABLE = Object.keys(CHANGEABLE)
  .filter((column) => column !== 'delivery_id')
  .map((column) => `${column} = given.${column}`)
  .join(', ');

/** The webhooks' requests that became part of a run by this event. */
const webhookCauses = ({ data }: RecordedEvent): readonly SyncCause[] =>
  ((data as { causes?: readonly SyncCause[] }).causes ?? []).filter(({ trigger }) => trigger === 'webhook');

const isOfRun = ({ stream }: RecordedEvent): boolean => stream.startsWith('sync-');

const deliveriesIn = (events: readonly RecordedEvent[]): ReadonlySet<string> =>
  new Set(
    events.flatMap((event) =>
      isOfRun(event)
        ? webhookCauses(event).map(({ requestId }) => deliveryOfRequest(requestId))
        : (event.data as DeliveryEvent['data']).deliveryId,
    ),
  );

/** What consecutive events make of deliveries, gathered so that each kind of change takes one statement. */
class Fold {
  readonly #before: ReadonlyMap<string, DeliveryFate>;
  /** Received here; the others were known before. */
  readonly #received = new Map<string, DeliveryRow>();
  readonly #changed = new Map<string, DeliveryFate>();
  readonly #unmatched = new Set<string>();
  readonly #replayed = new Set<string>();

  constructor(known: readonly DeliveryFate[]) {
    this.#before = new Map(known.map((row) => [row.delivery_id, row]));
  }

  add(recorded: RecordedEvent): void {
    if (isOfRun(recorded)) return this.#addRun(recorded);
    const event = { type: recorded.type, data: recorded.data } as DeliveryEvent;
    const { deliveryId } = event.data;
    const isSeen = (this.#now(deliveryId)?.seen ?? -1n) >= recorded.position;
    if (isSeen) return;
    if (event.type === 'WebhookReceived') {
      this.#received.set(deliveryId, receivedRow(event.data, recorded));
      this.#changed.delete(deliveryId);
      return;
    }
    this.#change(deliveryId, (row) => withEvent(row, event, recorded));
    if (event.type !== 'WebhookResolved') this.#unmatched.add(deliveryId);
    if (event.type === 'WebhookReplayed') this.#replayed.add(deliveryId);
  }

  async write(tx: Sql, schema: string): Promise<void> {
    const unmatched = [...this.#unmatched].flatMap((id) => this.#now(id) ?? []);
    for (const { delivery_id, ...match } of await matchDeliveries(tx, schema, unmatched)) {
      this.#change(delivery_id, (row) => withConnection(row, match));
    }
    const received = [...this.#received.values()];
    const changed = [...this.#changed.values()];
    const into = { into: `${schema}.deliveries`, columns: DELIVERY_COLUMNS, onConflict: REPLACE };
    await insertRows(tx, into, received);
    await updateChanged(tx, schema, changed);
    await updateNotices(
      tx,
      schema,
      changed.filter(({ delivery_id }) => this.#replayed.has(delivery_id)),
    );
    await writeMatches(
      tx,
      schema,
      [...received, ...changed].map((after) => ({ before: this.#before.get(after.delivery_id), after })),
    );
  }

  #addRun(recorded: RecordedEvent): void {
    const run = recorded.data as SyncContext;
    const unseen = webhookCauses(recorded).filter(
      ({ requestId }) => (this.#now(deliveryOfRequest(requestId))?.seen ?? 0n) < recorded.position,
    );
    for (const cause of unseen) {
      this.#change(deliveryOfRequest(cause.requestId), (row) =>
        withConnection(withRun(row, run, cause, recorded), run),
      );
    }
  }

  #now(deliveryId: string): DeliveryFate | undefined {
    return this.#received.get(deliveryId) ?? this.#changed.get(deliveryId) ?? this.#before.get(deliveryId);
  }

  #change(deliveryId: string, change: <Row extends DeliveryFate>(row: Row) => Row): void {
    const received = this.#received.get(deliveryId);
    if (received) {
      this.#received.set(deliveryId, change(received));
      return;
    }
    const known = this.#changed.get(deliveryId) ?? this.#before.get(deliveryId);
    if (known) this.#changed.set(deliveryId, change(known));
  }
}

const updateChanged = async (tx: Sql, schema: string, rows: readonly DeliveryFate[]): Promise<void> => {
  if (rows.length === 0) return;
  const columns: ColumnTypes<Omit<DeliveryFate, 'provider' | 'position' | 'notice'>> = CHANGEABLE;
  const { text, params } = rowsRelation(columns, rows, 'given');
  await tx.execute(
    `UPDATE ${schema}.deliveries d SET ${SET_CHANGEABLE} FROM ${text} WHERE d.delivery_id = given.delivery_id`,
    params,
  );
};

/** A replay may find another meaning in the body than there was before. */
const updateNotices = async (tx: Sql, schema: string, rows: readonly DeliveryFate[]): Promise<void> => {
  if (rows.length === 0) return;
  const columns: ColumnTypes<Pick<DeliveryFate, 'delivery_id' | 'notice'>> = {
    delivery_id: 'text',
    notice: 'jsonb',
  };
  const { text, params } = rowsRelation(columns, rows, 'given');
  await tx.execute(
    `UPDATE ${schema}.deliveries d SET notice = given.notice FROM ${text} WHERE d.delivery_id = given.delivery_id`,
    params,
  );
};

/** Folds consecutive events of deliveries and of runs into the rows. */
export const projectDeliveries = async (
  tx: Sql,
  schema: string,
  events: readonly RecordedEvent[],
): Promise<void> => {
  const ids = deliveriesIn(events);
  if (ids.size === 0) return;
  const fold = new Fold(
    await tx.query<DeliveryFate>(
      `SELECT ${Object.keys(FATE_COLUMNS).join(', ')} FROM ${schema}.deliveries WHERE delivery_id = ANY($1)`,
      [[...ids]],
    ),
  );
  for (const event of events) fold.add(event);
  await fold.write(tx, schema);
};
