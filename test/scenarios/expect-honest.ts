import { expect } from 'vitest';
import type { PublicEvent, SyncView } from '#client';
import type { Playthrough } from './playthrough.js';

type Counts = Pick<SyncView, 'transactionsImported' | 'transactionsUpdated' | 'transactionsRemoved'>;

/** What the public events tell that each run wrote. */
const told = (events: readonly PublicEvent[]): Map<string, Counts> => {
  const runs = new Map<string, { imported: number; updated: number; removed: number }>();
  const add = (syncId: string, kind: 'imported' | 'updated' | 'removed', count: number): void => {
    const counts = runs.get(syncId) ?? { imported: 0, updated: 0, removed: 0 };
    counts[kind] += count;
    runs.set(syncId, counts);
  };
  for (const { type, data } of events) {
    if (type === 'passerelle.transactions.imported.v1') add(data.syncId, 'imported', data.count);
    if (type === 'passerelle.transactions.amended.v1') add(data.syncId, 'updated', data.count);
    if (type === 'passerelle.transactions.removed.v1') add(data.syncId, 'removed', data.count);
  }
  return new Map(
    [...runs].map(([syncId, { imported, updated, removed }]) => [
      syncId,
      { transactionsImported: imported, transactionsUpdated: updated, transactionsRemoved: removed },
    ]),
  );
};

const NOTHING: Counts = { transactionsImported: 0, transactionsUpdated: 0, transactionsRemoved: 0 };

/** What is wrong is said in words and by a code; what went well says neither. */
const expectWords = (run: SyncView): void => {
  const said = { errorCode: run.errorCode, errorMessage: run.errorMessage };
  if (run.status === 'success')
    expect(said, `success ${run.id}`).toEqual({ errorCode: null, errorMessage: null });
  else {
    expect(run.errorCode, `the code of ${run.status} ${run.id}`).toMatch(/^[a-z]+(-[a-z]+)*\.[\w.-]+$/i);
    expect(run.errorMessage?.length, `the words of ${run.status} ${run.id}`).toBeGreaterThan(20);
  }
};

/** Every run ended, tells what it wrote, and claims no success while the bank could not be reached. */
export const expectHonestHistory = (play: Playthrough, runs: readonly SyncView[]): void => {
  const written = told(play.received.distinct());
  for (const run of runs) {
    expectWords(run);
    const { transactionsImported, transactionsUpdated, transactionsRemoved } = run;
    expect(
      { transactionsImported, transactionsUpdated, transactionsRemoved },
      `counts of run ${run.id} against the events`,
    ).toEqual(written.get(run.id) ?? NOTHING);
    written.delete(run.id);
  }
  expect([...written.keys()], 'runs that wrote, but are not in the history').toEqual([]);
  for (const { from, to, state } of play.outages) {
    const claimed = runs.filter(
      ({ status, startedAt, endedAt }) =>
        status === 'success' && startedAt !== null && endedAt !== null && startedAt >= from && endedAt <= to,
    );
    expect(
      claimed.map(({ id, startedAt }) => `${id} of ${startedAt}`),
      `successes while the bank was in ${state} from ${from} to ${to}`,
    ).toEqual([]);
  }
};
