import { type KnownConnection } from '#service';
import { ACCOUNT_NOT_FOUND, type ActionOwner } from '#domain';

const WHO: Readonly<Record<ActionOwner, string>> = {
  user: 'The account holder must act: send them a fresh link (POST /v1/connections/{id}/link).',
  provider: 'The provider must act; we look again at each sync.',
  time: 'It mends by itself; we look again at each sync.',
  nobody: 'It will not mend by itself: disconnect and open the connection again.',
};

/** What is wrong and who must act; `null` when all is well. */
export const problemText = (problem: { readonly code: string; readonly owner: ActionOwner }): string => {
  if (problem.code === ACCOUNT_NOT_FOUND) {
    return `${problem.code}: the linked bank shares no account with this IBAN. ${WHO.user}`;
  }
  return `${problem.code}: ${WHO[problem.owner]}`;
};

export const statusReason = (state: KnownConnection): string | null => {
  switch (state.status) {
    case 'pending':
      return 'No bank is linked yet: the account holder opens the link (POST /v1/connections/{id}/link makes a fresh one).';
    case 'disconnected':
      return 'Disconnected. Open the connection again to use it.';
    case 'linked':
      if (state.problem) return problemText(state.problem);
      return state.syncEnabled ? null : 'Paused by the caller (syncEnabled: false).';
  }
};
