import type { ConnectionEvent, LinkAtProvider } from '#domain';

/** What an event leaves to be ended at the provider. */
export interface LinkToEnd {
  readonly link: LinkAtProvider;
  /** We made the provider's user, so it goes, too. */
  readonly isOwnUser: boolean;
  /** The caller wants it: links that the user still has are ended first. Else a user that has some is spared. */
  readonly isWanted: boolean;
}

/** `null`: nothing. */
export const linkToEnd = (event: ConnectionEvent): LinkToEnd | null => {
  if (event.type === 'SpareUserMade') {
    const { providerUserId } = event.data;
    return { link: { providerUserId, providerConnectionId: null }, isOwnUser: true, isWanted: false };
  }
  if (event.type !== 'ConnectionDisconnected' || !event.data.ending) return null;
  const { by, ending } = event.data;
  const { providerUserId, providerConnectionId, isOwnUser } = ending;
  return { link: { providerUserId, providerConnectionId }, isOwnUser, isWanted: by === 'caller' };
};
