import type { ConnectionView } from '#contracts';
import { healsByItself, problemOwner } from '#domain';
import type { KnownConnection } from '#service';

/** What is under way and no problem yet: whose move it is meanwhile. */
const WAITED_FOR: Readonly<Record<string, 'user' | 'provider'>> = {
  decoupled: 'user',
  validating: 'provider',
};

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
  if (problem) return problemOwner(problem);
  if (state.waiting) return WAITED_FOR[state.waiting.code.toLowerCase()] ?? 'time';
  if (!state.syncEnabled) return 'caller';
  return state.automaticRefresh === false ? 'operator' : null;
};

type NextAction = ConnectionView['nextAutomaticAction'];

const bySchedule = (state: KnownConnection, nextSync: string | null): NextAction => {
  const { problem, waiting, nextTryAt, syncEnabled } = state;
  if ((problem || waiting) && nextTryAt) return { what: 'provider-retry', at: nextTryAt };
  const isDue = syncEnabled && (problem === null || healsByItself(problem.owner));
  return isDue && nextSync !== null ? { what: 'sync', at: nextSync } : null;
};

export interface ComingSyncs {
  /** When the schedule serves the connections that are due; `null`: never. */
  readonly nextSync: string | null;
  /** When a run that waits already may begin; `null`: none does. */
  readonly waitingUntil: string | null;
}

/** What comes next by itself. */
export const nextAutomaticAction = (
  state: KnownConnection,
  { nextSync, waitingUntil }: ComingSyncs,
): NextAction => {
  if (state.status !== 'linked') return null;
  const next = bySchedule(state, nextSync);
  if (waitingUntil === null) return next;
  const isSooner = next === null || Date.parse(waitingUntil) < Date.parse(next.at);
  return isSooner ? { what: 'sync', at: waitingUntil } : next;
};
