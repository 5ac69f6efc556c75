import { findProblem, type FoundProblem } from './problem-catalogue.js';
import type { Language, ProblemOwner, Words } from './problem-words.js';
import { rowReasonText } from './row-reasons.js';

export type ProblemParameters = Readonly<Record<string, string>>;

/** One or several cases of one thing that went wrong, as far as words need it. */
export interface ProblemCase {
  readonly code: string;
  /** How often (1 unless said otherwise). */
  readonly count?: number;
  /** The caller's account id. */
  readonly accountId?: string | null;
  /** What the words of the code name in braces; `detail`: what the provider said, which no catalogue can translate. */
  readonly parameters?: ProblemParameters;
}

const DETAIL: Readonly<Record<Language, string>> = { en: 'Technical detail:', fr: 'Détail technique :' };

const PLACE = /\{(\w+)\}/g;

/** `null` when a parameter is missing: half a phrase says less than none. */
const filled = (template: string, parameters: ProblemParameters): string | null => {
  const isWhole = [...template.matchAll(PLACE)].every(([, name = '']) => Object.hasOwn(parameters, name));
  return isWhole ? template.replaceAll(PLACE, (_, name: string) => parameters[name] ?? '') : null;
};

/** A place whose parameter is missing is shown as it is, such as `{id}` in a path. */
const filledAsFar = (template: string, parameters: ProblemParameters): string =>
  template.replaceAll(PLACE, (place, name: string) => parameters[name] ?? place);

const parametersOf = ({ accountId, parameters }: ProblemCase, language: Language): ProblemParameters => {
  const reason = parameters?.['reason'];
  return {
    ...(accountId ? { accountId } : {}),
    ...parameters,
    ...(reason === undefined ? {} : { reason: rowReasonText(reason, language) }),
  };
};

const phrasesOf = ({ each }: Words, cases: readonly ProblemCase[], language: Language): string => {
  const phrases = each === undefined ? [] : cases.map((one) => filled(each, parametersOf(one, language)));
  return [...new Set(phrases.filter((phrase) => phrase !== null))].toSorted().join('; ');
};

const detailOf = (cases: readonly ProblemCase[], language: Language): string => {
  const details = [...new Set(cases.flatMap(({ parameters }) => parameters?.['detail'] ?? []))];
  return details.length > 0 ? ` (${DETAIL[language]} ${details.join('; ')})` : '';
};

/** The words of an entry for all cases of its code. */
export const wordsOf = (
  { entry, parameters }: FoundProblem,
  cases: readonly ProblemCase[],
  language: Language,
): string => {
  const words: Words = entry[language];
  const count = cases.reduce((sum, one) => sum + (one.count ?? 1), 0);
  const common = { ...parameters, ...cases[0]?.parameters, count: String(count) };
  const each = phrasesOf(words, cases, language);
  const what = each === '' ? words.what.replace(' ({each})', '') : words.what.replace('{each}', each);
  return `${filledAsFar(what, common)} ${filledAsFar(words.next, common)}${detailOf(cases, language)}`;
};

/** What happened and what to do next; `null` for a code that this version does not know. */
export const problemText = (problem: ProblemCase, language: Language): string | null => {
  const found = findProblem(problem.code);
  return found && wordsOf(found, [problem], language);
};

/** The same for several problems in a few sentences: those of one code are told together. */
export const problemsText = (problems: readonly ProblemCase[], language: Language): string | null => {
  const codes = [...new Set(problems.map(({ code }) => code))];
  const texts = codes.map((code) => {
    const found = findProblem(code);
    const cases = problems.filter((one) => one.code === code);
    return found && wordsOf(found, cases, language);
  });
  const known = texts.filter((text) => text !== null);
  return known.length === texts.length && known.length > 0 ? known.join(' ') : null;
};

/** Whose move it is; `null` for a code that this version does not know. */
export const problemOwner = (code: string): ProblemOwner | null => findProblem(code)?.entry.owner ?? null;

/** Who can end a problem and its English words. @param otherwise for a code that the catalogue of today does not know */
export const ownerAndWords = (
  problem: ProblemCase,
  otherwise: string | null = null,
): { readonly actionOwner: ProblemOwner; readonly message: string } => ({
  actionOwner: problemOwner(problem.code) ?? 'operator',
  message: problemText(problem, 'en') ?? otherwise ?? problem.code,
});
