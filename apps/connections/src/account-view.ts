import { accountStatusText, type BankAccountView } from '#contracts';
import { candidatesFor, type Followed, followedAccounts, type KnownAccount } from '#domain';
import type { KnownConnection } from '#service';

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

export const accountView = (account: KnownAccount, state: KnownConnection): BankAccountView => ({
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
  candidateFor: candidacies(account, state).map(({ accountId, source }) => ({
    accountId,
    ledgerId: source?.ledgerId ?? null,
  })),
});
