import { statusText } from '#contracts';
import type { ActionOwner } from '#domain';
import type { KnownConnection } from '#service';
import { refusalText } from './link-text.js';

/** What was waited for, and took too long. */
const OVERDUE: Readonly<Record<string, string>> = {
  decoupled:
    'The account holder was asked in the bank’s own app and has not confirmed. Send them a fresh link (POST /v1/connections/{id}/link).',
  validating:
    'The provider has been at work for unusually long on what the account holder confirmed. The provider must act; we look again at each sync.',
};

/** What is wrong and who must act. */
export const problemText = (problem: { readonly code: string; readonly owner: ActionOwner }): string =>
  `${problem.code}: ${OVERDUE[problem.code.toLowerCase()] ?? statusText(problem, 'en')}`;

/** A consent that soon ends, in words with a next step. */
export const consentText = (consent: { readonly expiresAt: string; readonly daysLeft: number }): string =>
  `The account holder’s consent ends on ${consent.expiresAt.slice(0, 10)} (UTC), in ${consent.daysLeft} day(s): send them a fresh link before (POST /v1/connections/{id}/link).`;

/** No problem yet: the state itself says whose move it is. */
const waitingText = (code: string): string => `${code}: ${statusText({ code, owner: 'time' }, 'en')}`;

const disconnectedText = ({ endings = [], endedUser, opened }: KnownConnection): string => {
  const refused = endings.find(({ refusedWith }) => refusedWith !== null);
  if (refused) {
    return `Disconnected here, but not at ${opened.provider}, which refuses (${refused.refusedWith}): the operator ends it in the provider’s console.`;
  }
  if (endings.length > 0) {
    return `Disconnected here. ${opened.provider} has not confirmed it yet; we go on asking by ourselves.`;
  }
  const spared =
    endedUser === 'in-use' ? ` The holder has other links at ${opened.provider}, which were left alone.` : '';
  return `Disconnected.${spared} Open the connection again to use it.`;
};

export const statusReason = (state: KnownConnection): string | null => {
  switch (state.status) {
    case 'pending':
      if (state.refused) return `No bank is linked yet. ${refusalText(state.refused)}`;
      return 'No bank is linked yet: the account holder opens the link (POST /v1/connections/{id}/link makes a fresh one).';
    case 'disconnected':
      return disconnectedText(state);
    case 'linked':
      if (state.problem) return problemText(state.problem);
      if (state.waiting) return waitingText(state.waiting.code);
      return state.syncEnabled ? null : 'Paused by the caller (syncEnabled: false).';
  }
};
