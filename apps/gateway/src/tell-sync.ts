import {
  type Language, problemsText, problemText, refreshText, type SyncAcceptedView, type SyncPageView, type SyncRefreshView, type SyncView, type ToldProblemView,
} from '#contracts'; // prettier-ignore
import type { Plain } from './plain.js';

const messageOf = (
  { status, problems, errorCode, errorMessage }: Plain<SyncView>,
  language: Language,
): string | null => {
  if (errorMessage === null) return null;
  // A failure is told by what ended the run, whatever else it met.
  const told = status === 'failure' ? problems.filter(({ code }) => code === errorCode) : problems;
  return problemsText(told, language) ?? errorMessage;
};

const tellRefresh = (
  { outcome, code }: SyncRefreshView,
  nextAllowedAt: string | null,
  language: Language,
): SyncRefreshView => ({
  outcome,
  code,
  message: refreshText({ outcome, code, nextAllowedAt }, language),
});

const told = <T extends Plain<ToldProblemView>>(problem: T, language: Language): T => ({
  ...problem,
  message: problemText(problem, language) ?? problem.message,
});

/** The run in words of this language; the services tell it in English. */
export const tellSync = (view: Plain<SyncView>, language: Language): SyncView => {
  if (language === 'en') return view;
  const { retry } = view;
  return {
    ...view,
    problems: view.problems.map((problem: Plain<SyncView['problems'][number]>) => told(problem, language)),
    retry: retry && { ...(retry as Plain<typeof retry>), problem: told(retry.problem, language) },
    refresh: view.refresh && tellRefresh(view.refresh, view.nextAllowedAt, language),
    errorMessage: messageOf(view, language),
  };
};

/** Of a request that waits: the finished run, or the accepted one, which has no words. */
export const tellAnswer = (
  answer: SyncAcceptedView | SyncView,
  language: Language,
): SyncAcceptedView | SyncView => ('problems' in answer ? tellSync(answer, language) : answer);

export const tellSyncs = ({ items, nextCursor }: SyncPageView, language: Language): SyncPageView => ({
  items: items.map((view) => tellSync(view, language)),
  nextCursor,
});
