import { type KnownConnection } from '#service';
import { refusalText } from './link-text.js';
import {
  ACCOUNT_AMBIGUOUS,
  ACCOUNT_NOT_FOUND,
  type ActionOwner,
  NO_ACCOUNT_TRACKED,
  PROVIDER_SILENT,
} from '#domain';

const WHO: Readonly<Record<ActionOwner, string>> = {
  user: 'The account holder must act: send them a fresh link (POST /v1/connections/{id}/link).',
  provider: 'The provider must act; we look again at each sync.',
  time: 'It mends by itself; we look again at each sync.',
  nobody: 'It will not mend by itself: disconnect and open the connection again.',
};

const TEXTS: Readonly<Record<string, string>> = {
  [ACCOUNT_NOT_FOUND]: `the linked bank shares no account with this IBAN, or no longer one that is imported. ${WHO.user}`,
  [ACCOUNT_AMBIGUOUS]:
    'several accounts of the bank could be the one that is asked for, so none of them is imported. Decide: GET /v1/connections/{id}/accounts shows them, PUT …/accounts/{id} tracks or ignores one.',
  [PROVIDER_SILENT]:
    'the provider reports no problem, but has brought nothing from the bank for much longer than is usual for this connection. The operator asks the provider; a fresh link often wakes it.',
  [NO_ACCOUNT_TRACKED]:
    'every account is ignored, so nothing is imported. Track one (PUT /v1/connections/{id}/accounts/{id}) or disconnect.',
};

/** What is wrong and who must act; `null` when all is well. */
export const problemText = (problem: { readonly code: string; readonly owner: ActionOwner }): string => {
  const { code, owner } = problem;
  return `${code}: ${TEXTS[code] ?? WHO[owner]}`;
};

/** A consent that soon ends, in words with a next step. */
export const consentText = (consent: { readonly expiresAt: string; readonly daysLeft: number }): string =>
  `The account holder’s consent ends on ${consent.expiresAt.slice(0, 10)} (UTC), in ${consent.daysLeft} day(s): send them a fresh link before (POST /v1/connections/{id}/link).`;

const waitingText = (code: string): string =>
  code.toLowerCase() === 'decoupled'
    ? `${code}: the account holder is being asked in the bank’s own app; nothing else to do yet.`
    : `${code}: the provider is still at work on what the account holder confirmed; nothing to do yet.`;

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
