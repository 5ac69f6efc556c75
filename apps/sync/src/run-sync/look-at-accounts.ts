import { type AccountLook, isFarBehind, type KnownAccount } from '#domain';
import { type BankDay, dayIn } from '#kernel';
import type { ConnectionSnapshot, ProviderAccount } from '#providers';
import { noteProblem, type RunProgress } from './run-progress.js';

type AccountProblem = { readonly code: 'account.failing' | 'account.stale' } & Pick<
  NonNullable<AccountLook['problem']>,
  'parameters'
>;

/** A look whose problem has words. */
export interface JudgedLook extends AccountLook {
  readonly problem: AccountProblem | null;
}

const problemOf = (
  { status, refreshedAt = null, error = null }: ProviderAccount,
  snapshot: ConnectionSnapshot,
  refreshes: readonly string[],
): AccountProblem | null => {
  if (status !== 'shared') return null;
  if (error !== null) return { code: 'account.failing', parameters: { error } };
  if (refreshedAt === null || snapshot.refreshedAt === null) return null;
  return isFarBehind(refreshedAt, snapshot.refreshedAt, refreshes)
    ? { code: 'account.stale', parameters: { refreshedAt } }
    : null;
};

/**
 * Each account by its own freshness: one may be failing, or be left out, while the connection as a whole is well. What the
 * provider does not say is unknown, and no problem. `refreshes`: the rhythm of the connection.
 */
export const lookAtAccounts = (
  snapshot: ConnectionSnapshot,
  refreshes: readonly string[],
): readonly JudgedLook[] =>
  snapshot.accounts.map((account) => ({
    providerAccountId: account.providerAccountId,
    refreshedAt: account.refreshedAt ?? null,
    problem: problemOf(account, snapshot, refreshes),
  }));

const lookOf = <Look extends AccountLook>(
  { providerAccountId }: Pick<KnownAccount, 'providerAccountId'>,
  looks: readonly Look[],
): Look | undefined => looks.find((look) => look.providerAccountId === providerAccountId);

/** What speaks against a success, account by account; the others are none the worse for it. */
export const noteAccountProblems = (
  progress: Pick<RunProgress, 'problems'>,
  looks: readonly JudgedLook[],
  shown: readonly KnownAccount[],
): void => {
  for (const account of shown) {
    const problem = lookOf(account, looks)?.problem;
    if (!problem) continue;
    const { code, parameters } = problem;
    noteProblem(progress, code, { accountId: account.trackedAs, parameters });
  }
};

/** The accounts, and from which bank day on what they show may be old. */
export const withBehindSince = <Account extends KnownAccount>(
  accounts: readonly Account[],
  looks: readonly AccountLook[],
  { today, timeZone }: { readonly today: BankDay; readonly timeZone: string },
): readonly (Account & { readonly behindSince: BankDay | null })[] =>
  accounts.map((account) => {
    const look = lookOf(account, looks);
    if (!look?.problem) return { ...account, behindSince: null };
    const day = look.refreshedAt === null ? today : dayIn(timeZone, look.refreshedAt);
    return { ...account, behindSince: day < today ? day : today };
  });
