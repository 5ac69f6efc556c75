import type { CallCount } from '#providers';
import type { HistoryGap, KnownAccount, OpenRun, RowFailure } from '#domain';

/** What a worker learns while it carries out one attempt; ends up in the run's report, however it ends. */
export interface RunProgress {
  readonly calls: CallCount;
  pages: number;
  /** Rows of the finished slices, also of earlier attempts. */
  readable: number;
  failed: number;
  failures: readonly RowFailure[];
  /** Pages are staged that are not counted yet. */
  isStaging: boolean;
  windowFrom: string | null;
  windowTo: string | null;
  accounts: readonly KnownAccount[];
  refreshedAt: string | null;
  /** The provider cannot reach the bank at the moment, it says. */
  bankFault: boolean;
  cursorAfter: string | null;
  gaps: readonly HistoryGap[];
  /** Why the run can be no more than partial. */
  readonly reasons: Set<string>;
}

/** @param attended a person waits */
export const newProgress = ({ slices }: Pick<OpenRun, 'slices'>, attended: boolean): RunProgress => ({
  calls: { count: slices?.tally.calls ?? 0, attended },
  pages: slices?.tally.pages ?? 0,
  readable: slices?.tally.readable ?? 0,
  failed: slices?.tally.failed ?? 0,
  failures: slices?.tally.failures ?? [],
  isStaging: false,
  windowFrom: null,
  windowTo: null,
  accounts: [],
  refreshedAt: null,
  bankFault: false,
  cursorAfter: null,
  gaps: [],
  reasons: new Set(),
});

const LISTED_FAILURES = 50;

/** Counts what a slice staged, once it is in the log. */
export const countStaged = (
  progress: RunProgress,
  staged: Pick<RunProgress, 'readable' | 'failed' | 'failures'>,
): void => {
  progress.readable += staged.readable;
  progress.failed += staged.failed;
  progress.failures = [...progress.failures, ...staged.failures].slice(0, LISTED_FAILURES);
  progress.isStaging = false;
};
