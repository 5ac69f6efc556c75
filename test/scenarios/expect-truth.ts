import { expect } from 'vitest';
import type { TransactionView } from '#client';
import { type Line, ledgerOf, ofBank, ofLedger, type TruthRow } from '../harness/index.js';
import type { Playthrough } from './playthrough.js';

interface TrueLine {
  readonly line: Line & { readonly accountId: string };
  /** Under which ids the provider shows it now. */
  readonly ids: readonly string[];
}

const lineOf = (row: TransactionView): TrueLine['line'] => ({ ...ofLedger(row), accountId: row.accountId });

const textOf = (line: object): string => JSON.stringify(line);

const texts = (lines: readonly object[]): readonly string[] => lines.map(textOf).toSorted();

/** What is in `all`, as often as it is there more often than in `others`. */
const beyond = (all: readonly string[], others: readonly string[]): readonly string[] => {
  const left = [...others];
  return all.filter((text) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
};

/** Every row that the bank has, of every account that was ever found there. */
const truthOf = async (play: Playthrough): Promise<readonly TrueLine[]> => {
  const { accounts } = await play.bankView();
  const found = accounts.filter(({ accountIds }) => accountIds.length > 0);
  return found.flatMap(({ ref, currency, transactions }) =>
    (transactions as unknown as readonly TruthRow[])
      .filter(({ deleted, bad }) => !deleted && !bad)
      .map((row) => ({
        line: { ...ofBank(row, currency), accountId: ref },
        ids: row.copies
          .filter(({ deleted }) => deleted === null)
          .map(({ transactionId }) => String(transactionId)),
      })),
  );
};

/** The standing rows of the ledger are the bank's, as many times as the bank has each, under ids that the provider shows. */
export const expectLedgerIsTruth = async (play: Playthrough): Promise<void> => {
  const [truth, ledger] = await Promise.all([truthOf(play), ledgerOf(play, play.connectionId)]);
  const standing = ledger.filter(({ removedAt }) => removedAt === null);
  const [told, known] = [texts(standing.map(lineOf)), texts(truth.map(({ line }) => line))];
  const difference = `too many: ${beyond(told, known).join(' ')}; missing: ${beyond(known, told).join(' ')}`;
  expect(told, `the standing rows of the ledger (${difference})`).toEqual(known);
  const shown = new Map(truth.flatMap(({ line, ids }) => ids.map((id) => [id, textOf(line)] as const)));
  const unknown = standing
    .filter((row) => shown.get(row.providerTransactionId) !== textOf(lineOf(row)))
    .map(({ providerTransactionId, amount }) => `${providerTransactionId} of ${amount}`);
  expect(unknown, 'rows under an id by which the provider shows no such row').toEqual([]);
};
