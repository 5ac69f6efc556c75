import { linkRefusal, problemReason, type StatusReason, statusReasonText } from '#contracts';
import type { ActionOwner } from '#domain';
import type { KnownConnection } from '#service';

/** What is wrong and who must act. */
export const problemText = (problem: { readonly code: string; readonly owner: ActionOwner }): string =>
  statusReasonText(problemReason(problem), 'en');

const disconnectedReason = ({ endings = [], endedUser, opened }: KnownConnection): StatusReason => {
  const refused = endings.find(({ refusedWith }) => refusedWith !== null);
  if (refused) {
    const parameters = { provider: opened.provider, refusedWith: refused.refusedWith ?? '' };
    return { code: 'connection.ending-refused', owner: 'operator', parameters };
  }
  if (endings.length > 0) {
    return { code: 'connection.ending', owner: 'time', parameters: { provider: opened.provider } };
  }
  return endedUser === 'in-use'
    ? { code: 'connection.user-spared', owner: 'caller', parameters: { provider: opened.provider } }
    : { code: 'connection.disconnected', owner: 'caller' };
};

/** Why the connection is as it is, without words; `null` when all is well. */
export const reasonOf = (state: KnownConnection): StatusReason | null => {
  switch (state.status) {
    case 'pending':
      return state.refused ? linkRefusal(state.refused) : { code: 'connection.pending', owner: 'user' };
    case 'disconnected':
      return disconnectedReason(state);
    case 'linked':
      if (state.problem) return problemReason(state.problem);
      if (state.waiting) return { code: state.waiting.code, owner: 'time' };
      if (!state.syncEnabled) return { code: 'connection.paused', owner: 'caller' };
      return state.automaticRefresh === false ? { code: 'provider.inactive', owner: 'operator' } : null;
  }
};

/** The same in words: what is wrong and who must act. */
export const statusReason = (state: KnownConnection): string | null => {
  const reason = reasonOf(state);
  return reason && statusReasonText(reason, 'en');
};
