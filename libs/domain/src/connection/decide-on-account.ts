import { DomainError } from '#kernel';
import type { IgnoreAccount, TrackAccount } from './connection.commands.js';
import type { ConnectionEvent } from './connection.events.js';
import type { KnownAccount, LinkedConnection, OpenedConnection } from './connection.state.js';
import { contextOf } from './context.js';
import { factsOf, identitiesOf, inLedger, isSameAccount } from './follow-accounts.js';
import { expectOpenTo, isDisputed, isOpenTo, ledgerInUse } from './ledger-use.js';
import { afterDecision } from './observe-provider.js';

const accountOf = (state: LinkedConnection, id: string): KnownAccount => {
  const account = state.accounts.find(({ providerAccountId }) => providerAccountId === id);
  if (!account) throw new DomainError('account.unknown', 'The connection has no such account.');
  return account;
};

/** Ledgers that the account could go into without being told which. */
export const ledgersInReach = (
  { accounts }: OpenedConnection,
  { providerAccountId }: Pick<KnownAccount, 'providerAccountId'>,
): readonly string[] => {
  const own = accounts.filter((each) => each.providerAccountId === providerAccountId);
  const left = accounts.filter(({ trackedAs, sharing }) => trackedAs !== null && sharing !== 'shared');
  const ids = [
    ...own.flatMap((each) => [each.ledgerId, ...identitiesOf(each).slice(0, 1)]),
    ...left.map((each) => each.ledgerId),
  ];
  return [...new Set(ids)];
};

/** Other accounts that are imported now, or would be if the bank still showed them. */
const othersOf = (state: LinkedConnection, { providerAccountId }: KnownAccount): readonly KnownAccount[] =>
  state.accounts.filter((each) => each.trackedAs !== null && each.providerAccountId !== providerAccountId);

/** The ledger that the account continues: the one it replaces the source of, else its own, else a spare one. */
const ledgerFor = (
  account: KnownAccount,
  accountId: string,
  others: readonly KnownAccount[],
  { ledgerId, spareLedgerId, ledgers }: TrackAccount,
): string => {
  const isTaken = (id: string) => others.some((each) => each.ledgerId === id && each.sharing === 'shared');
  if (ledgerId !== null) {
    if (isTaken(ledgerId)) throw ledgerInUse();
    expectOpenTo(account, ledgerId, ledgers);
    return ledgerId;
  }
  if (account.trackedAs !== null && !isDisputed(account, ledgers)) return account.ledgerId;
  const replaced = others.find((each) => each.trackedAs === accountId && isSameAccount(each, account));
  if (replaced && isOpenTo(account, replaced.ledgerId, ledgers)) return replaced.ledgerId;
  const [own = account.ledgerId] = identitiesOf(account);
  return isTaken(own) || !isOpenTo(account, own, ledgers) ? spareLedgerId : own;
};

export const trackAccount = (command: TrackAccount, state: LinkedConnection): readonly ConnectionEvent[] => {
  const account = accountOf(state, command.providerAccountId);
  if (account.sharing !== 'shared') {
    throw new DomainError(
      'account.not-shared',
      'The bank does not share this account: its holder ticks it on a fresh link.',
    );
  }
  const accountId = command.accountId ?? account.trackedAs ?? state.opened.accountId;
  const others = othersOf(state, account);
  if (others.some((each) => each.trackedAs === accountId && each.sharing === 'shared')) {
    throw new DomainError('account.id-in-use', 'Another account is imported as that one. Ignore it first.');
  }
  const ledgerId = ledgerFor(account, accountId, others, command);
  if (account.trackedAs === accountId && account.ledgerId === ledgerId) return [];
  const facts = inLedger(factsOf(account), ledgerId);
  const data = { ...contextOf(state), ...facts, accountId, trackedAt: command.now };
  return afterDecision([{ type: 'AccountTracked', data }], command.now, state);
};

export const ignoreAccount = (
  { providerAccountId, now }: IgnoreAccount,
  state: LinkedConnection,
): readonly ConnectionEvent[] => {
  const account = accountOf(state, providerAccountId);
  if (account.isIgnored === true && account.trackedAs === null) return [];
  const data = { ...contextOf(state), providerAccountId, reason: 'caller', ignoredAt: now };
  return afterDecision([{ type: 'AccountIgnored', data }], now, state);
};
