import type { RefusalCode } from '#kernel';
import { BANK_STATES } from './bank-states.js';
import { CONNECTION_PROBLEMS } from './connection-problems.js';
import type { ProblemEntry, ProblemOwner } from './problem-words.js';
import { PROVIDER_PROBLEMS } from './provider-problems.js';
import { PROVIDER_REASONS } from './provider-reasons.js';
import { REQUEST_PROBLEMS } from './request-problems.js';
import { SYNC_PROBLEMS } from './sync-problems.js';

/** The codes that are written out in full, each with its words; every {@link RefusalCode} must be here. */
export const PLAIN_PROBLEMS = {
  ...REQUEST_PROBLEMS,
  ...CONNECTION_PROBLEMS,
  ...SYNC_PROBLEMS,
  ...PROVIDER_PROBLEMS,
} as const satisfies Readonly<Record<RefusalCode, ProblemEntry>>;

export const PROVIDER_NAMES = { powens: 'Powens', tink: 'Tink' } as const;
type ProviderName = keyof typeof PROVIDER_NAMES;

/**
 * Every code that is reported or by which a call is refused. What throws or reports one is typed by this, or, where this
 * cannot be imported, by a narrower union that is assigned to this one somewhere: a code without words does not compile.
 */
export type ProblemCode =
  | keyof typeof PLAIN_PROBLEMS
  | `${ProviderName}.${keyof typeof PROVIDER_REASONS}`
  /** `provider.<state>`: the provider's own name of what keeps it from the bank; one that we do not know has words, too. */
  | `provider.${string}`;

/** An entry of the catalogue, and the parameters that its code itself tells. */
export interface FoundProblem {
  readonly entry: ProblemEntry;
  readonly parameters: Readonly<Record<string, string>>;
}

const WHO_ACTS: Readonly<Record<ProblemOwner, { readonly en: string; readonly fr: string }>> = {
  user: {
    en: 'The account holder must act: send them a fresh link (POST /v1/connections/{id}/link).',
    fr: 'Le titulaire du compte doit agir : envoyez-lui un nouveau lien (POST /v1/connections/{id}/link).',
  },
  caller: { en: 'It is for you to decide.', fr: 'C’est à vous de décider.' },
  operator: { en: 'The operator must act.', fr: 'L’exploitant doit agir.' },
  provider: {
    en: 'The provider must act; we look again at each sync.',
    fr: 'Le prestataire doit agir ; nous regardons de nouveau à chaque synchronisation.',
  },
  time: {
    en: 'It mends by itself; we look again at each sync.',
    fr: 'Cela se rétablit tout seul ; nous regardons de nouveau à chaque synchronisation.',
  },
  nobody: {
    en: 'It will not mend by itself: disconnect and open the connection again.',
    fr: 'Cela ne se rétablira pas tout seul : déconnectez et ouvrez la connexion de nouveau.',
  },
};

/** A state that no rule of ours knows: who must act decides what is said. */
const unknownState = (owner: ProblemOwner): ProblemEntry => {
  const { en, fr } = WHO_ACTS[owner];
  return {
    owner,
    en: { what: 'The provider cannot refresh its data from the bank.', next: en },
    fr: { what: 'Le prestataire ne peut pas actualiser ses données auprès de la banque.', next: fr },
  };
};

const lookUp = (table: object, key: string): ProblemEntry | undefined =>
  Object.hasOwn(table, key) ? (table as Readonly<Record<string, ProblemEntry>>)[key] : undefined;

const isProvider = (name: string): name is ProviderName => Object.hasOwn(PROVIDER_NAMES, name);

/** What a provider calls the state of a link, in our words. @param owner who must act, for a state that we do not know */
export const bankState = (state: string, owner: ProblemOwner): FoundProblem => ({
  entry: lookUp(BANK_STATES, state.toLowerCase()) ?? unknownState(owner),
  parameters: { state },
});

/** The catalogue's entry for a code; `null` for one that this version does not know. */
export const findProblem = (code: string): FoundProblem | null => {
  const plain = lookUp(PLAIN_PROBLEMS, code);
  if (plain) return { entry: plain, parameters: {} };
  const dot = code.indexOf('.');
  const [family, reason] = [code.slice(0, dot), code.slice(dot + 1)];
  if (family === 'provider') return bankState(reason, 'provider');
  const entry = isProvider(family) ? lookUp(PROVIDER_REASONS, reason) : undefined;
  return entry && isProvider(family) ? { entry, parameters: { provider: PROVIDER_NAMES[family] } } : null;
};
