import type { BankAccountView } from '#contracts';
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

const ACCOUNT_TEXTS: Readonly<Record<BankAccountView['status'], string | null>> = {
  tracked: null,
  ambiguous:
    'It could be one that is asked for, and so could another: track or ignore it (PUT /v1/connections/{id}/accounts/{id}).',
  ignored: 'The caller ignores it. Track it to import it (PUT /v1/connections/{id}/accounts/{id}).',
  untracked: 'Nobody asked for it. Track it to import it (PUT /v1/connections/{id}/accounts/{id}).',
  'not-shared':
    'Its holder does not share it with us, so nothing is known of it now: it is not empty. They tick it on a fresh link (POST /v1/connections/{id}/link).',
  vanished:
    'The bank no longer shows it: closed, or re-created under another id. What was imported stays; it goes on by itself when it comes back.',
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
  statusReason: ACCOUNT_TEXTS[accountStatus(account, state)],
  sharedSince: account.sharedSince ?? null,
  candidateFor: candidacies(account, state).map(({ accountId, source }) => ({
    accountId,
    ledgerId: source?.ledgerId ?? null,
  })),
});
