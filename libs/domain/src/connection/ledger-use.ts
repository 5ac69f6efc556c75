import { DomainError } from '#kernel';
import type { AccountFacts } from './connection.events.js';
import { identitiesOf, isSameAccount } from './follow-accounts.js';

/** What is known of a ledger beyond one connection. */
export interface LedgerUse {
  readonly ledgerId: string;
  /** Of what it holds; `null`: it holds nothing yet. */
  readonly currency: string | null;
  /** Accounts that other connections of the tenant import into it now. */
  readonly sources: readonly AccountFacts[];
}

const useOf = (ledgerId: string, uses: readonly LedgerUse[]): LedgerUse =>
  uses.find((each) => each.ledgerId === ledgerId) ?? { ledgerId, currency: null, sources: [] };

/** An account whose currency nobody tells is taken at its word. */
const isOtherCurrency = (account: AccountFacts, { currency }: LedgerUse): boolean =>
  account.currency !== null && currency !== null && account.currency !== currency;

/** One account of the bank may come through several links; two accounts of the bank in one ledger would be counted as one. */
const hasOtherSource = (account: AccountFacts, { sources }: LedgerUse): boolean =>
  sources.some((source) => !isSameAccount(source, account));

/** Whether the account has to leave a ledger that it is in. */
export const isDisputed = (account: AccountFacts, uses: readonly LedgerUse[]): boolean =>
  !identitiesOf(account).includes(account.ledgerId) && hasOtherSource(account, useOf(account.ledgerId, uses));

/** Whether the account may go into this ledger, as far as other connections and its currency go. */
export const isOpenTo = (account: AccountFacts, ledgerId: string, uses: readonly LedgerUse[]): boolean => {
  const use = useOf(ledgerId, uses);
  return !isOtherCurrency(account, use) && !hasOtherSource(account, use);
};

/** @throws {DomainError} `account.ledger-in-use`, `account.ledger-currency` */
export const expectOpenTo = (account: AccountFacts, ledgerId: string, uses: readonly LedgerUse[]): void => {
  const use = useOf(ledgerId, uses);
  if (hasOtherSource(account, use)) throw ledgerInUse();
  if (isOtherCurrency(account, use)) {
    throw new DomainError(
      'account.ledger-currency',
      'That ledger is kept in another currency than this account. Track the account: it gets a ledger of its own.',
    );
  }
};

export const ledgerInUse = () =>
  new DomainError('account.ledger-in-use', 'Another account is imported into that ledger. Ignore it first.');
