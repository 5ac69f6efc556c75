import { accountStatusText, type BankAccountView, ownerAndWords } from '#contracts';
import { type AccountLook, candidatesFor, type Followed, followedAccounts, type KnownAccount } from '#domain';
import type { KnownConnection } from '#service';
import type { AccountLooks } from './account-looks.js';

/** What the account could be, where the caller has to decide. */
const candidacies = (account: KnownAccount, state: KnownConnection): readonly Followed[] =>
  followedAccounts(state).filter((followed) =>
    candidatesFor(followed, state).some((each) => each.providerAccountId === account.providerAccountId),
  );

export const accountStatus = (account: KnownAccount, state: KnownConnection): BankAccountView['status'] => {
  const { sharing, trackedAs, isIgnored } = account;
  if (sharing !== 'shared') return sharing;
  if (trackedAs !== null) return 'tracked';
  if (isIgnored === true) return 'ignored';
  return candidacies(account, state).length > 0 ? 'ambiguous' : 'untracked';
};

const problemView = (
  { sharing, trackedAs: accountId }: KnownAccount,
  problem: AccountLook['problem'] | undefined,
): BankAccountView['problem'] => {
  if (!problem || sharing !== 'shared') return null;
  const { code, parameters } = problem;
  return { code, parameters, ...ownerAndWords({ code, parameters, accountId }) };
};

export const accountView = (
  account: KnownAccount,
  state: KnownConnection,
  looks: AccountLooks,
): BankAccountView => ({
  id: account.providerAccountId,
  ledgerId: account.ledgerId,
  accountId: account.trackedAs,
  iban: account.iban,
  name: account.name,
  type: account.accountType,
  currency: account.currency,
  status: accountStatus(account, state),
  statusReason: accountStatusText(accountStatus(account, state), 'en'),
  sharedSince: account.sharedSince ?? null,
  refreshedAt: looks[account.providerAccountId]?.refreshedAt ?? null,
  problem: problemView(account, looks[account.providerAccountId]?.problem),
  candidateFor: candidacies(account, state).map(({ accountId, source }) => ({
    accountId,
    ledgerId: source?.ledgerId ?? null,
  })),
});
