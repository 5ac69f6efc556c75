import { ledger, type LedgerEvent } from '#domain';
import type { EventStore, WrittenEvent } from '#event-store';
import { streamOf } from '#kernel';
import type { Sql } from '#read-model';
import { changesOf, type LedgerEventAt } from './ledger-changes.js';
import { writeLedger } from './write-ledger.js';

const asLedgerEvent = ({ type, data, revision }: WrittenEvent): LedgerEventAt => ({
  ...({ type, data } as LedgerEvent),
  revision,
});

const APPLY_AT_ONCE = 100;

const lockHead = async (tx: Sql, schema: string, ledgerId: string): Promise<bigint> => {
  await tx.execute(`INSERT INTO ${schema}.heads (ledger_id) VALUES ($1) ON CONFLICT DO NOTHING`, [ledgerId]);
  const [head] = await tx.query<{ revision: bigint }>(
    `SELECT revision FROM ${schema}.heads WHERE ledger_id = $1 FOR UPDATE`,
    [ledgerId],
  );
  return head?.revision ?? -1n;
};

const apply = async (
  tx: Sql,
  schema: string,
  ledgerId: string,
  events: readonly WrittenEvent[],
): Promise<void> => {
  const changes = changesOf(events.map(asLedgerEvent));
  await writeLedger(tx, schema, ledgerId, changes);
  const { balance } = changes;
  await tx.execute(
    `UPDATE ${schema}.heads SET revision = $2, balance = coalesce($3, balance), currency = coalesce($4, currency),
       balance_observed_at = coalesce($5, balance_observed_at) WHERE ledger_id = $1`,
    [ledgerId, events.at(-1)?.revision, balance?.balance, balance?.currency, balance?.observedAt],
  );
};

/**
 * Brings the rows of one ledger up to its stream, inside the caller's transaction, and returns the revision that they
 * then stand at (-1: the stream is empty). The import calls it before it decides, the projection calls it too: the rows
 * have one owner. `known` are written events of this ledger that the caller has in hand; when they follow on the rows
 * without a hole they are applied as they are, otherwise, and without them, the stream is read.
 */
export const catchUpLedger = async (
  tx: Sql,
  schema: string,
  ledgerId: string,
  store: Pick<EventStore, 'readStream'>,
  known: readonly WrittenEvent[] = [],
): Promise<bigint> => {
  const head = await lockHead(tx, schema, ledgerId);
  const news = known.filter(({ revision }) => revision > head);
  if (known.length > 0 && news.length === 0) return head;
  if (news[0]?.revision === head + 1n) {
    await apply(tx, schema, ledgerId, news);
    return news.at(-1)?.revision ?? head;
  }
  let revision = head;
  let pending: WrittenEvent[] = [];
  const flush = async () => {
    if (pending.length === 0) return;
    await apply(tx, schema, ledgerId, pending);
    revision = pending.at(-1)?.revision ?? revision;
    pending = [];
  };
  for await (const event of store.readStream(streamOf(ledger.category, ledgerId), { from: head + 1n })) {
    pending.push(event);
    if (pending.length >= APPLY_AT_ONCE) await flush();
  }
  await flush();
  return revision;
};
