import type { ObserveOtherLinks } from './connection.commands.js';
import type { ConnectionEvent, OtherLink } from './connection.events.js';
import type { LinkedConnection } from './connection.state.js';
import { contextOf } from './context.js';
import { isOwnUser } from './ending.js';

const idsOf = (links: readonly OtherLink[]): string =>
  links
    .map(({ providerConnectionId }) => providerConnectionId)
    .toSorted()
    .join();

/**
 * What else the holder linked on a page that was made for this connection: known to nobody but us, so it is told. What a user
 * of the caller's own has besides is the caller's business.
 */
export const observeOtherLinks = (
  { links, now }: ObserveOtherLinks,
  state: LinkedConnection,
): readonly ConnectionEvent[] => {
  if (!state.access || !isOwnUser(state, state.access.providerUserId)) return [];
  if (idsOf(links) === idsOf(state.otherLinks ?? [])) return [];
  return [{ type: 'OtherLinksObserved', data: { ...contextOf(state), links, observedAt: now } }];
};
