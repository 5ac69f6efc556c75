import type { BankDay } from '#kernel';
import type { FetchRequest, WantedAccount } from '../bank-provider.js';
import { changedSince, type TransactionsCursor } from './transactions-cursor.js';

/** Powens' maximum, and the parameter is mandatory. */
export const PAGE_SIZE = 1000;

/** One run through the pages of one address. */
export interface Read {
  /** Address of the first page, below the API root. */
  readonly path: string;
  readonly scope: 'full' | 'incremental';
}

/** Several accounts are read together: 30 requests a minute is all that a sandbox grants. */
const addressOf = (accounts: readonly WantedAccount[], filters: Readonly<Record<string, string>>): string => {
  const [only, ...others] = accounts;
  const owner = only && others.length === 0 ? `/accounts/${encodeURIComponent(only.providerAccountId)}` : '';
  // Without `all`, rows that the bank took back would vanish without a word.
  const query = new URLSearchParams({ limit: String(PAGE_SIZE), all: '', ...filters });
  return `/users/me${owner}/transactions?${query}`;
};

const earliest = (accounts: readonly WantedAccount[]): BankDay =>
  accounts.map(({ from }) => from).reduce((a, b) => (a < b ? a : b));

/**
 * The address to read; `null` when no account is wanted. A window goes by the bank's date: the default would be the one
 * that people may edit.
 */
export const planRead = (
  { accounts, part }: FetchRequest,
  cursor: TransactionsCursor | null,
): Read | null => {
  if (accounts.length === 0) return null;
  if (part.kind === 'changes' && cursor) {
    return { path: addressOf(accounts, { last_update: changedSince(cursor) }), scope: 'incremental' };
  }
  const to = part.kind === 'window' ? part.to : null;
  const filters = { filter: 'date', min_date: earliest(accounts), ...(to !== null && { max_date: to }) };
  return { path: addressOf(accounts, filters), scope: 'full' };
};
