import type { TransactionContent } from '../bank-transaction.js';
import { comparedLabel, likenessOf, wordOf } from './content.js';
import type { LedgerRow } from './ledger.state.js';

const pooled = (rows: readonly LedgerRow[], textOf: (content: TransactionContent) => string) => {
  const pools = new Map<string, LedgerRow[]>();
  for (const row of rows) {
    const text = textOf(row.transaction);
    const pool = pools.get(text);
    if (pool) pool.push(row);
    else pools.set(text, [row]);
  }
  return pools;
};

const amountOf = ({ amount, currency }: TransactionContent): string => `${amount} ${currency}`;

/** How much speaks for a pending row having become this booked one, which has its amount: day of the deal, text, or both. */
const evidence = (pending: TransactionContent, booked: TransactionContent): number => {
  const sameDay = pending.transactedOn !== null && pending.transactedOn === booked.transactedOn;
  const text = comparedLabel(pending);
  return Number(sameDay) + Number(text !== null && text === comparedLabel(booked));
};

/** Rows of the ledger that are waiting to be recognised under an unknown id; each is given away once. */
export class Candidates {
  readonly #equal: Map<string, LedgerRow[]>;
  readonly #alike: Map<string, LedgerRow[]>;
  readonly #pending: Map<string, LedgerRow[]>;
  readonly #taken = new Set<string>();

  /** Both in the order in which they are to be given away; `gonePending` are those whose booking may come as another row. */
  constructor(open: readonly LedgerRow[], gonePending: readonly LedgerRow[]) {
    this.#equal = pooled(open, wordOf);
    this.#alike = pooled(open, likenessOf);
    this.#pending = pooled(gonePending, amountOf);
  }

  /** A row that is the same in every field. */
  readonly equal = (content: TransactionContent): string | undefined =>
    // Of a first import each row comes here, where nobody waits.
    this.#equal.size === 0
      ? undefined
      : this.#take(
          this.#equal.get(wordOf(content)),
          (row) => likenessOf(row.transaction) === likenessOf(content),
        );

  /** A row of the same day, amount and text. */
  readonly alike = (content: TransactionContent): string | undefined =>
    this.#alike.size === 0 ? undefined : this.#take(this.#alike.get(likenessOf(content)), () => true);

  /** A row that was pending and is not shown any more, for a booked one. */
  readonly pending = (content: TransactionContent): string | undefined => {
    if (content.status !== 'booked') return undefined;
    const pool = this.#pending.get(amountOf(content));
    const both = this.#take(pool, (row) => evidence(row.transaction, content) === 2);
    return both ?? this.#take(pool, (row) => evidence(row.transaction, content) === 1);
  };

  #take(pool: LedgerRow[] | undefined, isFit: (row: LedgerRow) => boolean): string | undefined {
    if (!pool) return undefined;
    while (pool[0] && this.#taken.has(pool[0].transaction.id)) pool.shift();
    const found = pool.find((row) => !this.#taken.has(row.transaction.id) && isFit(row));
    if (found) this.#taken.add(found.transaction.id);
    return found?.transaction.id;
  }
}
