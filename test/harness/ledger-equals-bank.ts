import { expect } from 'vitest';
import type { TransactionView } from '#client';
import { canonicalDecimal, exponentOf } from '#kernel';
import type { Reachable } from './stack.js';
import type { TruthRow } from './sandbox-control.js';

/** What both sides must agree on, field by field. */
export interface Line {
  readonly bookedOn: string | null;
  readonly valueOn: string | null;
  readonly transactedOn: string | null;
  readonly amount: string | undefined;
  readonly currency: string;
  readonly status: string;
  readonly originalLabel: string | null;
}

export const ofBank = (row: TruthRow, currency: string): Line => ({
  bookedOn: row.date,
  valueOn: row.vdate,
  transactedOn: row.rdate,
  amount: canonicalDecimal(row.value, exponentOf(currency)),
  currency,
  status: row.coming ? 'pending' : 'booked',
  originalLabel: row.originalWording,
});

export const ofLedger = (row: TransactionView): Line => ({
  bookedOn: row.bookedOn,
  valueOn: row.valueOn,
  transactedOn: row.transactedOn,
  amount: row.amount,
  currency: row.currency,
  status: row.status,
  originalLabel: row.originalLabel,
});

const byId = (lines: Iterable<readonly [string, Line]>): Readonly<Record<string, Line>> =>
  Object.fromEntries([...lines].toSorted(([a], [b]) => a.localeCompare(b)));

/** Every transaction of a connection, page after page, as the API shows it. */
export const ledgerOf = async (
  stack: Reachable,
  connectionId: string,
): Promise<readonly TransactionView[]> => {
  const rows: TransactionView[] = [];
  for await (const row of stack.api.everyTransaction(connectionId)) rows.push(row);
  return rows;
};

/** The first bank day that any run of this connection looked at. */
const windowBegin = async (stack: Reachable, connectionId: string): Promise<string> => {
  const { items } = await stack.api.syncs(connectionId, { limit: 500 });
  const days = items.flatMap(({ windowFrom }) => windowFrom ?? []).toSorted();
  return days[0] ?? '9999-12-31';
};

/**
 * The ledger holds every row that the bank shows within the window, once, with the same id, amount, days, status and
 * label, and nothing more; what the bank took back is marked, and nothing else is.
 */
export const expectLedgerEqualsBank = async (stack: Reachable, connectionId: string): Promise<void> => {
  const { iban } = await stack.api.getConnection(connectionId);
  const [truth, ledger, from] = await Promise.all([
    stack.sandbox.truth(iban),
    ledgerOf(stack, connectionId),
    windowBegin(stack, connectionId),
  ]);
  const ids = ledger.map(({ providerTransactionId }) => providerTransactionId);
  expect(ids, 'a provider id twice in the ledger').toHaveLength(new Set(ids).size);
  const readable = truth.transactions.filter(({ bad, date }) => !bad && date >= from);
  const lines = (deleted: boolean): Readonly<Record<string, Line>> =>
    byId(
      readable
        .filter((row) => row.deleted === deleted)
        .flatMap((row) =>
          row.copies.map(
            ({ transactionId }) => [String(transactionId), ofBank(row, truth.currency)] as const,
          ),
        ),
    );
  const standing = ledger.filter(({ removedAt }) => removedAt === null);
  const live = lines(false);
  expect(
    byId(standing.map((row) => [row.providerTransactionId, ofLedger(row)])),
    'the standing rows of the ledger',
  ).toEqual(live);
  expect(Object.keys(live).length, 'a bank without rows proves nothing').toBeGreaterThan(0);
  const takenBack = new Set(Object.keys(lines(true)));
  const wronglyRemoved = ledger
    .filter(
      ({ removedAt, providerTransactionId }) => removedAt !== null && !takenBack.has(providerTransactionId),
    )
    .map(({ providerTransactionId }) => providerTransactionId);
  expect(wronglyRemoved, 'rows marked as removed that the bank still has').toEqual([]);
};
