import { expect } from 'vitest';
import type { PublicEvent, TransactionView } from '#client';
import { ledgerOf } from './ledger-equals-bank.js';
import type { ReceivedEvents } from './received-events.js';
import type { Reachable } from './stack.js';

/** Sequences rise within each partition, once repeated deliveries are left out. */
export const expectOrdered = (events: readonly PublicEvent[]): void => {
  const last = new Map<string, bigint>();
  for (const { partitionkey, sequence, id } of events) {
    const before = last.get(partitionkey) ?? -1n;
    expect(
      BigInt(sequence) > before,
      `event ${id}: sequence ${sequence} after ${before} in ${partitionkey}`,
    ).toBe(true);
    last.set(partitionkey, BigInt(sequence));
  }
};

/** What a subscriber knows of a connection's transactions who heard nothing but the events. */
export const foldTransactions = (
  events: readonly PublicEvent[],
  connectionId: string,
): ReadonlyMap<string, TransactionView> => {
  const rows = new Map<string, TransactionView>();
  for (const event of events) {
    if (event.data.connectionId !== connectionId) continue;
    switch (event.type) {
      case 'passerelle.transactions.imported.v1':
        for (const row of event.data.transactions) {
          expect(rows.has(row.id), `transaction ${row.id} was imported twice`).toBe(false);
          rows.set(row.id, row);
        }
        break;
      case 'passerelle.transactions.amended.v1':
      case 'passerelle.transactions.removed.v1':
        for (const { transaction } of event.data.transactions) rows.set(transaction.id, transaction);
        break;
      case 'passerelle.balance.observed.v1':
      case 'passerelle.connection.linked.v1':
      case 'passerelle.connection.action-required.v1':
      case 'passerelle.connection.consent-expiring.v1':
      case 'passerelle.connection.other-links-found.v1':
      case 'passerelle.connection.disconnected.v1':
      case 'passerelle.sync.completed.v1':
      case 'passerelle.sync.failed.v1':
        break;
    }
  }
  return rows;
};

const sorted = (rows: Iterable<TransactionView>): readonly TransactionView[] =>
  [...rows].toSorted((a, b) => a.id.localeCompare(b.id));

/** The received events are in order, and folded they are the ledger: nothing was lost, invented or told twice. */
export const expectEventsMatchLedger = async (
  stack: Reachable,
  received: ReceivedEvents,
  connectionId: string,
): Promise<void> => {
  const events = received.distinct();
  expectOrdered(events);
  const ledger = await ledgerOf(stack, connectionId);
  expect(sorted(foldTransactions(events, connectionId).values())).toEqual(sorted(ledger));
};
