import type { ActionOwner } from '../bank-provider.js';

/** What a state of a Powens connection means to us. */
export interface StateRule {
  /** Who can end it. */
  readonly owner: ActionOwner;
  /** It is waited for before it counts as a problem, so long; absent: it is a problem at once. */
  readonly patienceMs?: number;
}

const HOUR_MS = 3_600_000;

/**
 * The states of a connection by their lower-cased names (both `wrongpass` and `wrongPass` occur). When Powens tries again by
 * itself it says so in `next_try`: within hours for `rateLimiting` and `websiteUnavailable`, after a fix for `bug`, for
 * `wrongpass` 12 hours later and then every 7 days; a dialogue with the person is repeated by a fresh link only.
 */
const RULES: Readonly<Record<string, StateRule>> = {
  scarequired: { owner: 'user' },
  webauthrequired: { owner: 'user' },
  additionalinformationneeded: { owner: 'user' },
  // The person has their bank's app at hand and is being asked.
  decoupled: { owner: 'user', patienceMs: HOUR_MS },
  // Powens checks what the person confirmed.
  validating: { owner: 'provider', patienceMs: HOUR_MS },
  // On the bank's own site; the webview alone does not cure it.
  actionneeded: { owner: 'user' },
  passwordexpired: { owner: 'user' },
  wrongpass: { owner: 'user' },
  ratelimiting: { owner: 'time' },
  websiteunavailable: { owner: 'time' },
  bug: { owner: 'provider' },
  notsupported: { owner: 'nobody' },
};

/**
 * A state that is not listed is the provider's to explain, and may pass: it is looked at again with each sync. Its name is kept for
 * people.
 */
export const stateRule = (state: string): StateRule => {
  const name = state.toLowerCase();
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  return rule ?? { owner: 'provider' };
};
