import { DomainError } from '#kernel';
import type { CompleteLink, RefuseLink, StartLink } from './connection.commands.js';
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

export const startLink = (command: StartLink, state: OpenedConnection): readonly ConnectionEvent[] => {
  const { stateHash, expiresAt, providerUserId, sealedToken, now } = command;
  const data = { ...contextOf(state), stateHash, expiresAt, providerUserId, sealedToken, startedAt: now };
  return [{ type: 'LinkStarted', data }];
};

type Usable = Extract<ConnectionState, { status: 'pending' | 'linked' }>;

/** The same credentials again. A token that is sealed anew has another text, so equal text means a repeated command. */
const isRepeated = (command: CompleteLink, { status, access }: Usable): boolean =>
  status === 'linked' &&
  access?.sealedToken === command.sealedToken &&
  access.providerUserId === command.providerUserId &&
  access.providerConnectionId === command.providerConnectionId;

export const completeLink = (command: CompleteLink, state: Usable): readonly ConnectionEvent[] => {
  const { stateHash, providerUserId, providerConnectionId, sealedToken, now } = command;
  if (stateHash !== null) usableAttempt(state, stateHash, now);
  else if (isRepeated(command, state)) return [];
  const { provider } = state.opened;
  const linked = { provider, providerUserId, providerConnectionId, sealedToken, stateHash, linkedAt: now };
  return [{ type: 'ConnectionLinked', data: { ...contextOf(state), ...linked } }];
};

export const refuseLink = (command: RefuseLink, state: OpenedConnection): readonly ConnectionEvent[] => {
  const { stateHash, code, by, now } = command;
  usableAttempt(state, stateHash, now);
  return [{ type: 'LinkFailed', data: { ...contextOf(state), stateHash, code, by, failedAt: now } }];
};
