import { connection, type ConnectionState, type OtherLink } from '#domain';
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
  /** `null`: no link page was used, the caller brought credentials. */
  readonly stateHash: string | null;
  readonly access: ProviderAccess;
  readonly snapshot: ConnectionSnapshot;
  /** All that the provider's user is linked to. */
  readonly shown: readonly ConnectionSnapshot[];
}

const otherLinks = ({ snapshot, shown }: ConfirmedLink): readonly OtherLink[] =>
  shown
    .filter(({ providerConnectionId }) => providerConnectionId !== snapshot.providerConnectionId)
    .map(({ providerConnectionId, accounts }) => ({
      providerConnectionId,
      accounts: accounts
        .filter(({ status }) => status === 'shared')
        .map(({ iban, name }) => ({ iban, name })),
    }));

/** Writes that the bank is linked, and what the provider shows of it. */
export const confirmLink = async (
  deps: ConnectionsDeps,
  confirmed: ConfirmedLink,
): Promise<{ readonly state: ConnectionState; readonly position: bigint | null }> => {
  const { connectionId, tenantId, stateHash, access, snapshot } = confirmed;
  const { state } = await runDecider(
    deps,
    connection,
    connectionId,
    {
      type: 'CompleteLink',
      stateHash,
      providerUserId: access.providerUserId,
      providerConnectionId: snapshot.providerConnectionId,
      sealedToken: deps.vault.seal(access.accessToken),
      now: deps.clock.now(),
    },
    { metadata: deps.metadata(tenantId) },
  );
  if (state.status === 'none') throw new Error('A connection that was linked is one.');
  const ledgerIdOf = await deps.ledgerIds(tenantId);
  const observation = observationOf(snapshot, state.opened, ledgerIdOf, deps.clock.now());
  await runDecider(deps, connection, connectionId, observation, { metadata: deps.metadata(tenantId) });
  const others = {
    type: 'ObserveOtherLinks' as const,
    links: otherLinks(confirmed),
    now: deps.clock.now(),
  };
  return runDecider(deps, connection, connectionId, others, { metadata: deps.metadata(tenantId) });
};
