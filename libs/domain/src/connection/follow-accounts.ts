import type { AccountFacts, ActionOwner, ConnectionEvent } from './connection.events.js';
import type { ConnectionProblem, KnownAccount, OpenedConnection } from './connection.state.js';
import { contextOf } from './context.js';

/** An account that the caller asked for is not among those that the bank shares with us. */
export const ACCOUNT_NOT_FOUND = 'account.not-found';
/** Several accounts of the bank could be the one that the caller asked for: the caller decides. */
export const ACCOUNT_AMBIGUOUS = 'account.ambiguous';
/** The caller ignores what there is. */
export const NO_ACCOUNT_TRACKED = 'account.none-tracked';

const ACCOUNT_PROBLEMS: readonly string[] = [ACCOUNT_NOT_FOUND, ACCOUNT_AMBIGUOUS, NO_ACCOUNT_TRACKED];

const DECIDED_BY_CALLER: readonly string[] = [ACCOUNT_AMBIGUOUS, NO_ACCOUNT_TRACKED];

/** Who must act: what only the caller can decide is no matter for the account holder, though the log calls both the `user`. */
export const problemOwner = ({ code, owner }: ConnectionProblem): ActionOwner | 'caller' =>
  DECIDED_BY_CALLER.includes(code) ? 'caller' : owner;

export const isAccountProblem = (problem: ConnectionProblem | null): boolean =>
  problem !== null && ACCOUNT_PROBLEMS.includes(problem.code);

export const identitiesOf = ({ identities, ledgerId }: AccountFacts): readonly string[] =>
  identities ?? [ledgerId];

/** One account of the bank, however often the provider re-creates it. IBANs decide where both are known. */
export const isSameAccount = (one: AccountFacts, other: AccountFacts): boolean => {
  if (one.iban !== null && other.iban !== null) return one.iban === other.iban;
  const ids = identitiesOf(other);
  return identitiesOf(one).some((id) => ids.includes(id));
};

/** An account of the caller's that this connection is to import, and the bank account that it came from until now. */
export interface Followed {
  readonly accountId: string;
  /** `null`: none was ever found. */
  readonly source: KnownAccount | null;
}

export const hasSource = ({ source }: Followed): boolean => source?.sharing === 'shared';

/** What the connection is to import: what it tracks, and the account that it was opened for unless the caller decided on that. */
export const followedAccounts = ({ accounts, opened }: OpenedConnection): readonly Followed[] => {
  const followed = accounts.flatMap((account) =>
    account.trackedAs === null ? [] : [{ accountId: account.trackedAs, source: account }],
  );
  const isDecided =
    followed.some(({ accountId, source }) => accountId === opened.accountId || source.iban === opened.iban) ||
    accounts.some(({ iban, isIgnored }) => isIgnored === true && iban === opened.iban);
  return isDecided ? followed : [{ accountId: opened.accountId, source: null }, ...followed];
};

/** The accounts that could continue what has no source any more, or never had one. */
export const candidatesFor = (
  followed: Followed,
  { accounts, opened }: OpenedConnection,
): readonly KnownAccount[] => {
  if (hasSource(followed)) return [];
  const { source } = followed;
  return accounts.filter(
    (account) =>
      account.sharing === 'shared' &&
      account.trackedAs === null &&
      account.isIgnored !== true &&
      (source ? isSameAccount(source, account) : account.iban === opened.iban),
  );
};

export const factsOf = (account: KnownAccount): AccountFacts => {
  const { providerAccountId, ledgerId, iban, name, accountType, currency, identities, sharing } = account;
  const facts = { providerAccountId, ledgerId, iban, name, accountType, currency, sharing };
  return identities ? { ...facts, identities } : facts;
};

/** The account with a ledger that need not be the one its own identity leads to. */
export const inLedger = (facts: AccountFacts, ledgerId: string): AccountFacts =>
  facts.ledgerId === ledgerId ? facts : { ...facts, ledgerId, identities: identitiesOf(facts) };

/** Where exactly one account can continue what has no source, it does, without asking. */
export const followedAnew = (state: OpenedConnection, now: string): readonly ConnectionEvent[] => {
  const context = contextOf(state);
  const taken = new Set<string>();
  return followedAccounts(state).flatMap((followed): readonly ConnectionEvent[] => {
    const [account, ...others] = candidatesFor(followed, state).filter(
      ({ providerAccountId }) => !taken.has(providerAccountId),
    );
    if (!account || others.length > 0) return [];
    taken.add(account.providerAccountId);
    const ledgerId = followed.source?.ledgerId ?? account.ledgerId;
    const { accountId } = followed;
    const data = { ...inLedger(factsOf(account), ledgerId), accountId, trackedAt: now };
    return [{ type: 'AccountTracked', data: { ...context, ...data } }];
  });
};

/** What keeps the connection from importing all that it is to import, as far as the accounts go. */
export const accountProblem = (state: OpenedConnection): ConnectionProblem | null => {
  const followed = followedAccounts(state);
  if (followed.length === 0) return { code: NO_ACCOUNT_TRACKED, owner: 'user' };
  const sourceless = followed.filter((each) => !hasSource(each));
  if (sourceless.length === 0) return null;
  const isAmbiguous = sourceless.some((each) => candidatesFor(each, state).length > 1);
  return { code: isAmbiguous ? ACCOUNT_AMBIGUOUS : ACCOUNT_NOT_FOUND, owner: 'user' };
};
