import type { TransactionContent } from '../bank-transaction.js';
import { likenessOf } from './content.js';
import type { LedgerRow } from './ledger.state.js';

const textOf = (content: TransactionContent): string => `${content.status} ${likenessOf(content)}`;

export const isAlike = (a: TransactionContent, b: TransactionContent): boolean => textOf(a) === textOf(b);

/** Finds the standing rows of a ledger that look the same: of one day, amount, currency, text and status. */
export class AlikeRows {
  readonly #texts = new Map<string, string>();
  readonly #ids = new Map<string, Set<string>>();

  constructor(rows: Iterable<LedgerRow>) {
    const inOrder = [...rows].toSorted((a, b) => (a.transaction.id < b.transaction.id ? -1 : 1));
    for (const row of inOrder) this.put(row);
  }

  /** A row that is new, or that looks otherwise or does not stand any more. */
  put({ transaction, removed }: LedgerRow): void {
    const { id } = transaction;
    const before = this.#texts.get(id);
    const text = removed ? '' : textOf(transaction);
    if (before === text) return;
    this.#ids.get(before ?? '')?.delete(id);
    this.#texts.set(id, text);
    if (!removed) this.#ids.set(text, (this.#ids.get(text) ?? new Set()).add(id));
  }

  idsLike(content: TransactionContent): Iterable<string> {
    return this.#ids.get(textOf(content)) ?? [];
  }
}
