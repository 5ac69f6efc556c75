import type { ConnectionView } from '#contracts';
import { ACCOUNT_AMBIGUOUS, healsByItself, NO_ACCOUNT_TRACKED } from '#domain';
import type { KnownConnection } from '#service';

/** What is under way and no problem yet: whose move it is meanwhile. */
const WAITED_FOR: Readonly<Record<string, 'user' | 'provider'>> = {
  decoupled: 'user',
  validating: 'provider',
};

const DECIDED_BY_CALLER: readonly string[] = [ACCOUNT_AMBIGUOUS, NO_ACCOUNT_TRACKED];

/** Who must act so that a disconnection is done at the provider, too. */
const endingOwner = ({ endings = [] }: KnownConnection): ConnectionView['actionOwner'] => {
  if (endings.length === 0) return null;
  return endings.some(({ refusedWith }) => refusedWith !== null) ? 'nobody' : 'time';
};

/** Who must act so that the connection works; `null`: nobody needs to. */
export const actionOwner = (state: KnownConnection): ConnectionView['actionOwner'] => {
  if (state.status === 'pending') return 'user';
  if (state.status === 'disconnected') return endingOwner(state);
  const { problem } = state;
  if (problem) return DECIDED_BY_CALLER.includes(problem.code) ? 'caller' : problem.owner;
  if (state.waiting) return WAITED_FOR[state.waiting.code.toLowerCase()] ?? 'time';
  if (!state.syncEnabled) return 'caller';
  return state.automaticRefresh === false ? 'operator' : null;
};

/** What comes next by itself. `nextSync`: when the schedule serves the connections that are due, `null` when it never does. */
export const nextAutomaticAction = (
  state: KnownConnection,
  nextSync: string | null,
): ConnectionView['nextAutomaticAction'] => {
  if (state.status !== 'linked') return null;
  const { problem, waiting, nextTryAt, syncEnabled } = state;
  if ((problem || waiting) && nextTryAt) return { what: 'provider-retry', at: nextTryAt };
  const isDue = syncEnabled && (problem === null || healsByItself(problem.owner));
  return isDue && nextSync !== null ? { what: 'sync', at: nextSync } : null;
};
