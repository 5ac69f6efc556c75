import { connection, type ConnectionState } from '#domain';
import { runDecider } from '#event-store';
import { type ConnectionSnapshot, observationOf, type ProviderAccess } from '#providers';
import type { ConnectionsDeps } from './connections-deps.js';

/** The provider's connection that shares the account with this IBAN; else the first of them. */
export const bestSnapshot = (
  snapshots: readonly ConnectionSnapshot[],
  iban: string,
): ConnectionSnapshot | undefined => sharingAccount(snapshots, iban) ?? snapshots[0];

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
}

/** Writes that the bank is linked, and what the provider shows of it. */
export const confirmLink = async (
  deps: ConnectionsDeps,
  { connectionId, tenantId, stateHash, access, snapshot }: ConfirmedLink,
): Promise<{ readonly state: ConnectionState; readonly position: bigint | null }> => {
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
  return runDecider(deps, connection, connectionId, observation, { metadata: deps.metadata(tenantId) });
};
