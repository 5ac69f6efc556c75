import { expect } from 'vitest';
import type { TransactionView } from '#client';
import { eventually, ledgerOf } from '../harness/index.js';
import type { End } from './play.js';
import type { Playthrough } from './playthrough.js';

const texts = (rows: readonly TransactionView[]): readonly string[] =>
  rows.map((row) => JSON.stringify(row)).toSorted();

/** The provider forgot the connection: we know, say who ended it, keep what was imported, and claim nothing since. */
export const expectGone = async (play: Playthrough, { at, ledger }: End): Promise<void> => {
  const { connectionId } = play;
  await eventually(
    async () => {
      const { status, actionOwner } = await play.api.getConnection(connectionId);
      expect({ status, actionOwner }).toEqual({ status: 'disconnected', actionOwner: null });
      const told = play.received.of('connection.disconnected', connectionId);
      expect(
        told.map(({ data }) => data.by),
        'who ended the connection',
      ).toEqual(['provider']);
    },
    { withinMs: 60_000, everyMs: 200 },
  );
  expect(texts(await ledgerOf(play, connectionId)), 'the ledger as it was at the end').toEqual(texts(ledger));
  const { items } = await play.api.syncs(connectionId, { limit: 500 });
  const claimed = items.filter(
    ({ status, startedAt }) => status !== 'failure' && startedAt !== null && startedAt >= at,
  );
  expect(
    claimed.map(({ id, status }) => `${status} ${id}`),
    `runs that read something after the end at ${at}`,
  ).toEqual([]);
};
