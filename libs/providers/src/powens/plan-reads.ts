import type { BankDay } from '#kernel';
import type { FetchRequest } from '../bank-provider.js';
import { changedSince, type TransactionsCursor } from './transactions-cursor.js';

/** Powens' maximum, and the parameter is mandatory. */
const PAGE_SIZE = '1000';

/** One run through the pages of one address. */
export interface Read {
  /** Address of the first page, below the API root. */
  readonly path: string;
  readonly scope: 'full' | 'incremental';
  /** The accounts it reads, each with the first day that is wanted of it. */
  readonly accounts: ReadonlyMap<string, BankDay>;
}

const addressOf = (accounts: ReadonlyMap<string, BankDay>, filters: Record<string, string>): string => {
  const [only] = accounts.keys();
  const owner = accounts.size === 1 && only !== undefined ? `/accounts/${encodeURIComponent(only)}` : '';
  // Without `all`, rows that the bank took back would vanish without a word.
  const query = new URLSearchParams({ limit: PAGE_SIZE, all: '', ...filters });
  return `/users/me${owner}/transactions?${query}`;
};

/** By the bank's date: the default would be the one that people may edit. */
const fullRead = (accounts: ReadonlyMap<string, BankDay>, from: BankDay): Read => ({
  path: addressOf(accounts, { filter: 'date', min_date: from }),
  scope: 'full',
  accounts,
});

/**
 * Which addresses to read. What changed since the cursor is one read for all known accounts (30 requests a minute is all that a
 * sandbox grants); an account that the cursor does not know, or not from so early on, is read in full on its own, because
 * "changed since" does not bring history that was exposed later.
 */
export const planReads = (request: FetchRequest, cursor: TransactionsCursor | null): readonly Read[] => {
  const wanted = new Map(request.accounts.map((account) => [account.providerAccountId, request.from]));
  if (wanted.size === 0) return [];
  if (cursor === null) return [fullRead(wanted, request.from)];
  const known = new Map([...cursor.accounts].filter(([id, from]) => wanted.has(id) && from <= request.from));
  const fresh = [...wanted.keys()].filter((id) => !known.has(id));
  if (known.size === 0) return [fullRead(wanted, request.from)];
  return [
    { path: addressOf(known, { last_update: changedSince(cursor) }), scope: 'incremental', accounts: known },
    ...fresh.map((id) => fullRead(new Map([[id, request.from]]), request.from)),
  ];
};
