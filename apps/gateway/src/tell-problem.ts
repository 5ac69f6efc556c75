import { fieldFaultText, type Language, problemText } from '#contracts';
import type { Problem, ProblemTeller } from '#platform';
import { callerLanguage } from './caller-language.js';

/** Codes whose English words are made where they arise, and say what no catalogue can know. */
const SAYS_MORE = /^(provider\.|sync\.not-accepted$|request\.(refused|forbidden)$)/;

/** Each field's fault in words of this language. */
const tellFields = ({ errors }: Problem, language: Language) =>
  errors && {
    errors: errors.map((error) => ({ ...error, message: fieldFaultText(error, language) ?? error.message })),
  };

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
  if (text === null) return { problem, language: 'en' };
  return { problem: { ...problem, detail: text, ...tellFields(problem, language) }, language };
};
