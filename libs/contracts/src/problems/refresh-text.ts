import { findProblem } from './problem-catalogue.js';
import { problemText } from './problem-text.js';
import type { Language } from './problem-words.js';

/** What came of the wish that the provider looks at the bank before a run reads what it has. */
export interface RefreshOutcome {
  readonly outcome: 'asked' | 'refused';
  /** Why it was refused: ours, or the provider's. */
  readonly code: string | null;
  /** When another one may be asked for. */
  readonly nextAllowedAt: string | null;
}

const codeOf = ({ outcome, code }: Pick<RefreshOutcome, 'outcome' | 'code'>): string => {
  if (outcome === 'asked') return 'refresh.asked';
  return code?.startsWith('refresh.') === true && findProblem(code) ? code : 'refresh.refused';
};

/** The same in words, with a next step. */
export const refreshText = (refresh: RefreshOutcome, language: Language): string => {
  const { code, nextAllowedAt } = refresh;
  const parameters = {
    ...(code !== null && { code }),
    ...(nextAllowedAt !== null && { until: nextAllowedAt }),
  };
  return problemText({ code: codeOf(refresh), parameters }, language) ?? refresh.outcome;
};
