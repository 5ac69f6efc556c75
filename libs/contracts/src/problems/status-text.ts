import { bankState, findProblem, type FoundProblem, PROVIDER_NAMES } from './problem-catalogue.js';
import { type ProblemParameters, wordsOf } from './problem-text.js';
import type { Language, ProblemOwner } from './problem-words.js';
import { STATUS_REASONS } from './status-reasons.js';

/** Why a connection is as it is: `code` is ours, or what the provider calls its state. */
export interface StatusReason {
  readonly code: string;
  readonly owner: ProblemOwner;
  readonly parameters?: ProblemParameters;
}

type OwnCode = keyof typeof STATUS_REASONS;

const isOwn = (code: string): code is OwnCode => Object.hasOwn(STATUS_REASONS, code);

const ownReason = (code: OwnCode): FoundProblem => ({
  entry: STATUS_REASONS[code],
  parameters: {},
});

const found = ({ code, owner }: StatusReason): FoundProblem =>
  isOwn(code) ? ownReason(code) : (findProblem(code) ?? bankState(code, owner));

/** The provider's name as people know it. */
const named = (parameters: ProblemParameters = {}): ProblemParameters => {
  const { provider } = parameters;
  const name = Object.entries(PROVIDER_NAMES).find(([key]) => key === provider)?.[1];
  return name === undefined ? parameters : { ...parameters, provider: name };
};

/** The words alone, with a next step. */
export const statusText = (reason: StatusReason, language: Language): string => {
  const { code, parameters } = reason;
  return wordsOf(found(reason), [{ code, parameters: named(parameters) }], language);
};

/** The code by which a refusal of the link page is known, whatever the provider calls it. */
export const linkRefusal = ({
  code,
  by,
}: {
  readonly code: string;
  readonly by: 'user' | 'provider';
}): StatusReason => {
  const known = `link.${code}`;
  return { code: isOwn(known) ? known : `link.refused-by-${by}`, owner: 'user', parameters: { said: code } };
};

/** States in which the account holder or the provider is at work: as a problem, they have been for too long. */
const WAITED_FOR: readonly string[] = ['decoupled', 'validating'];

/** The reason that a problem of a connection is. */
export const problemReason = ({ code, owner }: Pick<StatusReason, 'code' | 'owner'>): StatusReason => {
  const state = code.toLowerCase();
  return { code: WAITED_FOR.includes(state) ? `${state}-overdue` : code, owner };
};

/** As a connection's `statusReason` tells it: what is a problem, or said by a provider, is named before the words. */
export const statusReasonText = (reason: StatusReason, language: Language): string => {
  const text = statusText(reason, language);
  const said = reason.parameters?.['said'];
  if (reason.code.startsWith('link.')) {
    return `${STATUS_REASONS['connection.pending'][language].what} ${said}: ${text}`;
  }
  if (reason.code.startsWith('connection.')) return text;
  return `${reason.code.replace(/-overdue$/, '')}: ${text}`;
};
