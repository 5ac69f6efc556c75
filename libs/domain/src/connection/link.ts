import { DomainError } from '#kernel';
import type { CompleteLink, FindLink, RefuseLink, StartLink } from './connection.commands.js';
import type { ConnectionEvent } from './connection.events.js';
import type { ConnectionState, LinkAttempt, OpenedConnection } from './connection.state.js';
import { contextOf } from './context.js';

/** The attempt that a callback's state belongs to; each state works once and only until it expires. */
export const usableAttempt = (state: OpenedConnection, stateHash: string, now: string): LinkAttempt => {
  const attempt = state.attempts.find((candidate) => candidate.stateHash === stateHash);
  if (!attempt)
    throw new DomainError('link.unknown-state', 'This link is not one of ours. Ask for a fresh link.');
  if (attempt.used)
    throw new DomainError(
      'link.state-used',
      'This link was used already, or its connection has ended since. Ask for a fresh link.',
    );
  if (attempt.expiresAt < now)
    throw new DomainError('link.state-expired', 'This link has expired. Ask for a fresh link.');
  return attempt;
};

/** A user that was made for a page which nobody will see must not be forgotten. */
export const spareUser = (
  { userBefore, providerUserId, sealedToken, now }: StartLink,
  state: OpenedConnection,
): readonly ConnectionEvent[] => {
  if (userBefore !== null || state.access?.providerUserId === providerUserId) return [];
  return [{ type: 'SpareUserMade', data: { ...contextOf(state), providerUserId, sealedToken, madeAt: now } }];
};

/** The connection has one user, whoever was first: a page for another user than it has by now is not one of its pages. */
export const startLink = (command: StartLink, state: OpenedConnection): readonly ConnectionEvent[] => {
  const { stateHash, expiresAt, userBefore, providerUserId, sealedToken, now } = command;
  if ((state.access?.providerUserId ?? null) !== userBefore) return spareUser(command, state);
  const data = { ...contextOf(state), stateHash, expiresAt, providerUserId, sealedToken, startedAt: now };
  return [{ type: 'LinkStarted', data }];
};

type Usable = Extract<ConnectionState, { status: 'pending' | 'linked' }>;

const isSameLinked = (command: CompleteLink, { status, access }: Usable): boolean =>
  status === 'linked' &&
  access?.providerUserId === command.providerUserId &&
  access.providerConnectionId === command.providerConnectionId;

/** The same credentials again. A token that is sealed anew has another text, so equal text means a repeated command. */
const isRepeated = (command: CompleteLink, state: Usable): boolean =>
  isSameLinked(command, state) && state.access?.sealedToken === command.sealedToken;

export const completeLink = (command: CompleteLink, state: Usable): readonly ConnectionEvent[] => {
  const { stateHash, providerUserId, providerConnectionId, sealedToken, now } = command;
  if (stateHash !== null) {
    const { isFound } = usableAttempt(state, stateHash, now);
    if (isFound && isSameLinked(command, state)) {
      return [
        { type: 'LinkConfirmed', data: { ...contextOf(state), stateHash, sealedToken, confirmedAt: now } },
      ];
    }
  } else if (isRepeated(command, state)) return [];
  const { provider } = state.opened;
  const linked = { provider, providerUserId, providerConnectionId, sealedToken, stateHash, linkedAt: now };
  return [{ type: 'ConnectionLinked', data: { ...contextOf(state), ...linked } }];
};

/** What the person came back with meanwhile is known better than by looking. */
export const findLink = (
  { providerUserId, providerConnectionId, sealedToken, now }: FindLink,
  state: Usable,
): readonly ConnectionEvent[] => {
  if (state.status === 'linked' || state.access?.providerUserId !== providerUserId) return [];
  const { provider } = state.opened;
  const found = { provider, providerUserId, providerConnectionId, sealedToken, linkedAt: now };
  return [
    { type: 'ConnectionLinked', data: { ...contextOf(state), ...found, stateHash: null, isFound: true } },
  ];
};

export const refuseLink = (command: RefuseLink, state: OpenedConnection): readonly ConnectionEvent[] => {
  const { stateHash, code, by, now } = command;
  usableAttempt(state, stateHash, now);
  return [{ type: 'LinkFailed', data: { ...contextOf(state), stateHash, code, by, failedAt: now } }];
};
