import type { ProblemCode } from '#contracts';
import type { AccountLook, HistoryGap, KnownAccount, OpenRun, RowFailure, RunProblem } from '#domain';
import { canonicalJson } from '#kernel';
import type { CallCount } from '#providers';

/** What a worker learns while it carries out one attempt; ends up in the run's report, however it ends. */
export interface RunProgress {
  readonly calls: CallCount;
  /** This attempt may have appended to a ledger. */
  hasWritten: boolean;
  pages: number;
  /** Rows of the ledgers that the finished slices showed, or missed; also those of earlier attempts. */
  readable: number;
  /** The same of the slice at work, as far as it was decided on. */
  readableSoFar: number;
  failed: number;
  failures: readonly RowFailure[];
  /** Pages are staged that are not counted yet. */
  isStaging: boolean;
  windowFrom: string | null;
  windowTo: string | null;
  accounts: readonly KnownAccount[];
  refreshedAt: string | null;
  /** What the provider says of each account; `null` until it was asked. */
  accountLooks: readonly AccountLook[] | null;
  /** The provider cannot reach the bank at the moment, it says. */
  bankFault: boolean;
  cursorAfter: string | null;
  gaps: readonly HistoryGap[];
  /** Why the run can be no more than partial, but for rows that could not be understood. */
  readonly problems: RunProblem[];
}

/** @param attended a person waits */
export const newProgress = ({ slices }: Pick<OpenRun, 'slices'>, attended: boolean): RunProgress => ({
  calls: { count: slices?.tally.calls ?? 0, attended },
  hasWritten: false,
  pages: slices?.tally.pages ?? 0,
  readable: slices?.tally.readable ?? 0,
  readableSoFar: 0,
  failed: slices?.tally.failed ?? 0,
  failures: slices?.tally.failures ?? [],
  isStaging: false,
  windowFrom: null,
  windowTo: null,
  accounts: [],
  refreshedAt: null,
  accountLooks: null,
  bankFault: false,
  cursorAfter: null,
  gaps: [],
  problems: [],
});

/** Keeps the run from being a success, of one account or as a whole. */
export const noteProblem = (
  { problems }: Pick<RunProgress, 'problems'>,
  code: ProblemCode,
  { accountId = null, parameters = {} }: Partial<Pick<RunProblem, 'accountId' | 'parameters'>> = {},
): void => {
  const problem = { code, accountId, rowKey: null, count: 1, parameters };
  const isKnown = problems.some((each) => canonicalJson(each) === canonicalJson(problem));
  if (!isKnown) problems.push(problem);
};

const LISTED_FAILURES = 50;

/** Counts the slice at work: once it is in the log, or as far as it came. */
export const countStaged = (
  progress: RunProgress,
  staged: Pick<RunProgress, 'failed' | 'failures'>,
): void => {
  progress.readable += progress.readableSoFar;
  progress.readableSoFar = 0;
  progress.failed += staged.failed;
  progress.failures = [...progress.failures, ...staged.failures].slice(0, LISTED_FAILURES);
  progress.isStaging = false;
};
