import type { ConfirmEnd, RefuseEnd, ResealToken } from './connection.commands.js';
import type { ConnectionDisconnected, ConnectionEvent, LinkAtProvider } from './connection.events.js';
import type { ConnectionState, OpenedConnection, OpenEnding } from './connection.state.js';
import { contextOf } from './context.js';

type Opened = Exclude<ConnectionState, { status: 'none' }>;

export const isSameLink = (one: LinkAtProvider, other: LinkAtProvider): boolean =>
  one.providerUserId === other.providerUserId && one.providerConnectionId === other.providerConnectionId;

/** Made by us, for this connection alone: nobody else has a token of it. */
export const isOwnUser = (state: OpenedConnection, providerUserId: string): boolean =>
  state.ownUserIds?.includes(providerUserId) === true;

/** What is left to be ended at the provider: what it ended itself leaves at most the user that we made there. */
export const endingOf = (
  state: OpenedConnection,
  by: 'caller' | 'provider',
): ConnectionDisconnected['data']['ending'] => {
  if (!state.access) return undefined;
  const { providerUserId, providerConnectionId } = state.access;
  const isOurs = isOwnUser(state, providerUserId);
  const isNothingLeft = !isOurs && (by === 'provider' || providerConnectionId === null);
  return isNothingLeft ? undefined : { providerUserId, providerConnectionId, isOwnUser: isOurs };
};

const knownEnding = (state: OpenedConnection, link: LinkAtProvider): OpenEnding | undefined =>
  state.endings?.find((ending) => isSameLink(ending, link));

export const confirmEnd = (
  { providerUserId, providerConnectionId, user, now }: ConfirmEnd,
  state: OpenedConnection,
): readonly ConnectionEvent[] => {
  const link = { providerUserId, providerConnectionId };
  if (!knownEnding(state, link)) return [];
  return [{ type: 'LinkEnded', data: { ...contextOf(state), ...link, user, endedAt: now } }];
};

export const refuseEnd = (
  { providerUserId, providerConnectionId, code, now }: RefuseEnd,
  state: OpenedConnection,
): readonly ConnectionEvent[] => {
  const link = { providerUserId, providerConnectionId };
  const ending = knownEnding(state, link);
  if (!ending || ending.refusedWith === code) return [];
  return [{ type: 'LinkEndRefused', data: { ...contextOf(state), ...link, code, refusedAt: now } }];
};

/** Every sealed token that may still be opened, with what it gives access to. */
export const tokensInUse = (
  state: Opened,
): readonly (LinkAtProvider & { readonly sealedToken: string })[] => [
  ...(state.access && state.status !== 'disconnected' ? [state.access] : []),
  ...(state.endings ?? []),
];

/** The same token under another key; nothing where it was replaced meanwhile. */
export const resealToken = (
  { from, sealedToken, now }: ResealToken,
  state: Opened,
): readonly ConnectionEvent[] => {
  const held = tokensInUse(state).find((token) => token.sealedToken === from);
  if (!held || from === sealedToken) return [];
  const { providerUserId, providerConnectionId } = held;
  const link = { providerUserId, providerConnectionId };
  return [{ type: 'TokenResealed', data: { ...contextOf(state), ...link, sealedToken, resealedAt: now } }];
};
