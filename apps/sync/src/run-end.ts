import { ownerAndWords, problemsText, type SyncProblemView, type SyncView } from '#contracts';
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

const endOfCompleted = ({ data }: SyncCompleted): RunEnd => {
  const { status, reasons, problems, evidence = null } = data;
  const errorMessage = reasons.length > 0 ? (problemsText(problems, 'en') ?? reasons.join(', ')) : null;
  return { status, errorCode: reasons[0] ?? null, errorMessage, problems, evidence };
};

/** What the last event of a run says of its end. */
export const endOf = (event: SyncCompleted | SyncFailed | SyncTimedOut): RunEnd => {
  if (event.type === 'SyncCompleted') return endOfCompleted(event);
  const { errorCode, errorMessage, problems } = event.data;
  const limit = 'nextAllowedAt' in event.data ? { nextAllowedAt: event.data.nextAllowedAt } : {};
  return { status: 'failure', errorCode, errorMessage, problems, evidence: null, ...limit };
};

/** The problems with their English words. @param otherwise for a code that the catalogue of today does not know */
export const problemViews = (problems: readonly RunProblem[], otherwise: string | null): SyncProblemView[] =>
  problems.map((problem) => ({ ...problem, ...ownerAndWords(problem, otherwise) }));
