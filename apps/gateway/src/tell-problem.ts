import { problemText } from '#contracts';
import type { Problem, ProblemTeller } from '#platform';
import { callerLanguage } from './caller-language.js';

/** Codes whose English words are made where they arise, and say what no catalogue can know. */
const SAYS_MORE = /^(provider\.|sync\.not-accepted$|request\.(refused|forbidden)$)/;

const detailOf = ({ code, detail, errors }: Problem) =>
  SAYS_MORE.test(code) || (code === 'request.invalid' && !errors) ? { parameters: { detail } } : {};

/**
 * A problem in the language that the caller likes best. The English `detail` was made where the problem arose and may say
 * more than the catalogue, so it stays; a code that the catalogue does not know stays in English as well.
 */
export const tellProblem: ProblemTeller = (problem, acceptLanguage) => {
  const language = callerLanguage(acceptLanguage);
  if (language === 'en') return { problem, language };
  const text = problemText({ code: problem.code, ...detailOf(problem) }, language);
  return text === null ? { problem, language: 'en' } : { problem: { ...problem, detail: text }, language };
};
