import { problemText } from '#contracts';
import type { ProblemTeller } from '#platform';
import { callerLanguage } from './caller-language.js';

/** What a provider said is told, too: no catalogue knows it. */
const detailOf = (code: string, detail: string) =>
  code.startsWith('provider.') ? { parameters: { detail } } : {};

/**
 * A problem in the language that the caller likes best. The English `detail` was made where the problem arose and may say
 * more than the catalogue, so it stays; a code that the catalogue does not know stays in English as well.
 */
export const tellProblem: ProblemTeller = (problem, acceptLanguage) => {
  const language = callerLanguage(acceptLanguage);
  if (language === 'en') return { problem, language };
  const { code, detail } = problem;
  const text = problemText({ code, ...detailOf(code, detail) }, language);
  return text === null ? { problem, language: 'en' } : { problem: { ...problem, detail: text }, language };
};
