import { type CompleteLink, connection, type ConnectionState, type FindLink, type OtherLink } from '#domain';
import { runDecider } from '#event-store';
import { type ConnectionSnapshot, observationOf, type ProviderAccess } from '#providers';
import type { ConnectionsDeps } from './connections-deps.js';

/** The provider's connection that shares the account with this IBAN; else the first. Of equals the one that is ours already. */
export const bestSnapshot = (
  snapshots: readonly ConnectionSnapshot[],
  iban: string,
  ours: string | null = null,
): ConnectionSnapshot | undefined => {
  const isOurs = ({ providerConnectionId }: ConnectionSnapshot) => providerConnectionId === ours;
  const oursFirst = [...snapshots.filter(isOurs), ...snapshots.filter((each) => !isOurs(each))];
  return sharingAccount(oursFirst, iban) ?? oursFirst[0];
};

export const sharingAccount = (
  snapshots: readonly ConnectionSnapshot[],
  iban: string,
): ConnectionSnapshot | undefined =>
  snapshots.find(({ accounts }) =>
    accounts.some((account) => account.iban === iban && account.status === 'shared'),
  );

export interface ConfirmedLink {
  readonly connectionId: string;
  readonly tenantId: string;
  /** How we know: the browser came back from a page, the caller brought credentials, or we asked because nobody came back. */
  readonly by: { readonly stateHash: string } | 'credentials' | 'found';
  readonly access: ProviderAccess;
  readonly snapshot: ConnectionSnapshot;
  /** All that the provider's user is linked to. */
  readonly shown: readonly ConnectionSnapshot[];
}

/** What is shown besides the link that is used. */
export const otherLinks = (shown: readonly ConnectionSnapshot[], ours: string): readonly OtherLink[] =>
  shown
    .filter(({ providerConnectionId }) => providerConnectionId !== ours)
    .map(({ providerConnectionId, accounts }) => ({
      providerConnectionId,
      accounts: accounts
        .filter(({ status }) => status === 'shared')
        .map(({ iban, name }) => ({ iban, name })),
    }));

const linkCommand = (
  { by, access, snapshot }: ConfirmedLink,
  { vault, clock }: ConnectionsDeps,
): CompleteLink | FindLink => {
  const link = {
    providerUserId: access.providerUserId,
    providerConnectionId: snapshot.providerConnectionId,
    sealedToken: vault.seal(access.accessToken),
    now: clock.now(),
  };
  if (by === 'found') return { type: 'FindLink', ...link };
  return { type: 'CompleteLink', stateHash: by === 'credentials' ? null : by.stateHash, ...link };
};

/** Writes that the bank is linked, and what the provider shows of it. */
export const confirmLink = async (
  deps: ConnectionsDeps,
  confirmed: ConfirmedLink,
): Promise<{ readonly state: ConnectionState; readonly position: bigint | null }> => {
  const { connectionId, tenantId, snapshot, shown } = confirmed;
  const command = linkCommand(confirmed, deps);
  const metadata = deps.metadata(tenantId);
  const linked = await runDecider(deps, connection, connectionId, command, { metadata });
  const { state } = linked;
  // Somebody came back meanwhile, and with another link.
  if (state.status !== 'linked' || state.access?.providerConnectionId !== snapshot.providerConnectionId) {
    return linked;
  }
  const ledgerIdOf = await deps.ledgerIds(tenantId);
  const observation = observationOf(snapshot, state.opened, ledgerIdOf, deps.clock.now());
  await runDecider(deps, connection, connectionId, observation, { metadata: deps.metadata(tenantId) });
  const others = {
    type: 'ObserveOtherLinks' as const,
    links: otherLinks(shown, snapshot.providerConnectionId),
    now: deps.clock.now(),
  };
  return runDecider(deps, connection, connectionId, others, { metadata: deps.metadata(tenantId) });
};
