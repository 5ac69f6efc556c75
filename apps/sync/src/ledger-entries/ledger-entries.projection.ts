import { ledger } from '#domain';
import type { EventStore } from '#event-store';
import { idOfStream, type RecordedEvent } from '#kernel';
import type { ProjectionModel } from '#read-model';
import { catchUpLedger } from '../ledger-catch-up.js';
import { LEDGER, ledgerMigrations } from '../ledger-tables.js';

const byLedger = (events: readonly RecordedEvent[]): readonly (readonly [string, RecordedEvent[]])[] => {
  const groups = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    const ledgerId = idOfStream(event.stream);
    groups.set(ledgerId, [...(groups.get(ledgerId) ?? []), event]);
  }
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1));
};

/** Rows of every ledger; heads are locked in one order, so that two writers never wait for each other in a circle. */
export const ledgerEntriesProjection = (store: Pick<EventStore, 'readStream'>): ProjectionModel => ({
  name: LEDGER,
  migrations: ledgerMigrations,
  streamPrefixes: [`${ledger.category}-`],
  project: async (tx, schema, events) => {
    for (const [ledgerId, known] of byLedger(events)) await catchUpLedger(tx, schema, ledgerId, store, known);
  },
});
