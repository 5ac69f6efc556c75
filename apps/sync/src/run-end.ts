import { problemOwner, problemsText, problemText, type SyncProblemView, type SyncView } from '#contracts';
import type { RunProblem, SyncCompleted, SyncFailed, SyncTimedOut } from '#domain';

/** How a run ended, as codes and parameters, and as a sentence. */
export interface RunEnd {
  readonly status: 'success' | 'partial' | 'failure';
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly problems: readonly RunProblem[];
  readonly evidence: SyncView['evidence'];
  readonly nextAllowedAt?: string;
}

const ofWholeRun = (code: string): RunProblem => ({
  code,
  accountId: null,
  rowKey: null,
  count: 1,
  parameters: {},
});

/** Events of before problems were kept have their reasons, gaps and rows each in a place of its own. */
const formerProblems = (reason: string, { gaps = [], failures, counts }: SyncCompleted['data']) => {
  if (reason === 'history.gap') {
    return gaps.map(({ accountId, from, to }) => ({
      ...ofWholeRun(reason),
      accountId,
      parameters: { from, to },
    }));
  }
  if (reason !== 'rows.unreadable') return [ofWholeRun(reason)];
  const rows = failures.map(({ rowKey, reason: fault, field }) => {
    return { ...ofWholeRun(reason), rowKey, parameters: { reason: fault, field } };
  });
  const others = counts.failed - rows.length;
  return others > 0 ? [...rows, { ...ofWholeRun(reason), count: others }] : rows;
};

const endOfCompleted = ({ data }: SyncCompleted): RunEnd => {
  const { status, reasons, evidence = null } = data;
  const problems = data.problems ?? reasons.flatMap((reason) => formerProblems(reason, data));
  const errorMessage = reasons.length > 0 ? (problemsText(problems, 'en') ?? reasons.join(', ')) : null;
  return { status, errorCode: reasons[0] ?? null, errorMessage, problems, evidence };
};

/** What the last event of a run says of its end. */
export const endOf = (event: SyncCompleted | SyncFailed | SyncTimedOut): RunEnd => {
  if (event.type === 'SyncCompleted') return endOfCompleted(event);
  const { errorCode, errorMessage, problems = [ofWholeRun(errorCode)] } = event.data;
  const limit = 'nextAllowedAt' in event.data ? { nextAllowedAt: event.data.nextAllowedAt } : {};
  return { status: 'failure', errorCode, errorMessage, problems, evidence: null, ...limit };
};

/** The problems with their English words. @param otherwise for a code that the catalogue of today does not know */
export const problemViews = (problems: readonly RunProblem[], otherwise: string | null): SyncProblemView[] =>
  problems.map((problem) => ({
    ...problem,
    actionOwner: problemOwner(problem.code) ?? 'operator',
    message: problemText(problem, 'en') ?? otherwise ?? problem.code,
  }));
