import { connection, type ConnectionProvider, type ConnectionState, isOwnUser } from '#domain';
import { fold, runDecider } from '#event-store';
import { bestSnapshot, confirmLink, otherLinks, sharingAccount } from '../confirm-link.js';
import type { ConnectionsDeps } from '../connections-deps.js';
import { openAccess } from '../link-session.js';

type Pending = Extract<ConnectionState, { status: 'pending' }>;

/** Nobody waits for the answer. */
const unattended = () => ({ count: 0 });

/** While the person may still be choosing accounts, only the account that is asked for shows that they are done. */
const isStillAtIt = ({ attempts }: Pending, now: string): boolean =>
  attempts.some(({ used, expiresAt }) => !used && expiresAt >= now);

/**
 * Asks the provider whether a link page was used from which nobody has come back. What it shows becomes the link, as if the
 * browser had come back; nothing where no page is open, or the connection is linked.
 * @param ofProvider only a connection of this provider
 * @throws {ProviderError}
 */
export const lookForLink = async (
  deps: ConnectionsDeps,
  connectionId: string,
  ofProvider: ConnectionProvider | null = null,
): Promise<void> => {
  const { state } = await fold(deps, connection, connectionId);
  if (state.status !== 'pending' || !state.access || state.attempts.every(({ used }) => used)) return;
  const { tenantId, opened } = state;
  if (ofProvider !== null && opened.provider !== ofProvider) return;
  const access = openAccess(deps, state.access);
  const shown = await deps.provider(opened.provider).listConnections(access, unattended());
  const isOpen = isStillAtIt(state, deps.clock.now());
  const snapshot = isOpen ? sharingAccount(shown, opened.iban) : bestSnapshot(shown, opened.iban);
  if (!snapshot) return;
  await confirmLink(deps, { connectionId, tenantId, by: 'found', access, snapshot, shown });
};

/**
 * Asks the provider what else its user is linked to, where it told of a link that the connection does not know of.
 * @throws {ProviderError}
 */
export const lookForOtherLinks = async (
  deps: ConnectionsDeps,
  told: {
    readonly connectionId: string;
    readonly provider: ConnectionProvider;
    readonly providerConnectionId: string | null;
  },
): Promise<void> => {
  const { connectionId, provider, providerConnectionId: link } = told;
  if (link === null) return;
  const { state } = await fold(deps, connection, connectionId);
  if (state.status !== 'linked' || !state.access || state.opened.provider !== provider) return;
  const { providerUserId, providerConnectionId: ours } = state.access;
  const known = (state.otherLinks ?? []).map((other) => other.providerConnectionId);
  if (ours === null || !isOwnUser(state, providerUserId) || [ours, ...known].includes(link)) return;
  const shown = await deps.provider(provider).listConnections(openAccess(deps, state.access), unattended());
  const links = otherLinks(shown, ours);
  const command = { type: 'ObserveOtherLinks' as const, links, now: deps.clock.now() };
  await runDecider(deps, connection, connectionId, command, { metadata: deps.metadata(state.tenantId) });
};
