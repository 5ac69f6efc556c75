import { problemText } from './problem-text.js';
import type { Language } from './problem-words.js';

/** That a bank fails for everybody, with a next step. */
export const bankIncidentText = (
  { failures, until }: { readonly failures: number; readonly until: string | null },
  language: Language,
): string => {
  const code = until === null ? 'bank.look-due' : 'bank.left-alone';
  const parameters = { failures: String(failures), ...(until !== null && { until }) };
  return problemText({ code, parameters }, language) ?? code;
};
