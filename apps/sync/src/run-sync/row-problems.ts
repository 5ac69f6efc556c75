import type { ProblemCode, RowReason } from '#contracts';
import type { KnownAccount, RunProblem } from '#domain';
import type { RunProgress } from './run-progress.js';

const UNREADABLE: ProblemCode = 'rows.unreadable';

/** The rows that could not be understood: those that are listed one by one, the others as a number. */
export const rowProblems = ({
  failed,
  failures,
  accounts,
}: Pick<RunProgress, 'failed' | 'failures'> & {
  readonly accounts: readonly Pick<KnownAccount, 'providerAccountId' | 'trackedAs'>[];
}): readonly RunProblem[] => {
  const names = new Map(accounts.map((each) => [each.providerAccountId, each.trackedAs]));
  const listed = failures.map(({ rowKey, providerAccountId, reason, field }) => ({
    code: UNREADABLE,
    accountId: (providerAccountId === null ? null : names.get(providerAccountId)) ?? null,
    rowKey,
    count: 1,
    parameters: { reason: reason satisfies RowReason, field },
  }));
  const others = failed - listed.length;
  if (others <= 0) return listed;
  return [...listed, { code: UNREADABLE, accountId: null, rowKey: null, count: others, parameters: {} }];
};
