import { type KnownConnection } from '#service';
import { createHash, randomBytes } from 'node:crypto';
import { connection, type SealedAccess } from '#domain';
import { runDecider } from '#event-store';
import { DomainError } from '#kernel';
import type { ProviderAccess } from '#providers';
import { asSealed } from '#vault';
import type { ConnectionsDeps } from './connections-deps.js';

/** Unguessable part of a link's `state`. */
const STATE_BYTES = 32;

export const stateHash = (state: string): string => createHash('sha256').update(state).digest('hex');

/** The connection that a `state` speaks of; only its hash in the log proves it. */
export const connectionOfState = (state: string): string => state.slice(0, state.indexOf('.'));

export const openAccess = (deps: ConnectionsDeps, sealed: SealedAccess): ProviderAccess => ({
  accessToken: deps.vault.open(asSealed(sealed.sealedToken)).reveal(),
  providerUserId: sealed.providerUserId,
  providerConnectionId: sealed.providerConnectionId,
});

export interface StartedLink {
  /** For the person's browser only; holds a short-lived code. */
  readonly linkUrl: string;
  readonly expiresAt: string;
  readonly position: bigint | null;
}

/** Makes a fresh link or repair page for one person, and remembers the hash of its single-use state. */
export const startLinkFor = async (deps: ConnectionsDeps, target: KnownConnection): Promise<StartedLink> => {
  if (target.status === 'disconnected') {
    throw new DomainError(
      'connection.disconnected',
      'This connection is disconnected. Open it again to use it.',
    );
  }
  const { connectionId, tenantId, opened, access } = target;
  const state = `${connectionId}.${randomBytes(STATE_BYTES).toString('base64url')}`;
  const session = await deps.provider(opened.provider).startLink({
    access: access && openAccess(deps, access),
    state,
    redirectUri: deps.callbackUrl,
    iban: opened.iban,
    language: 'fr',
  });
  const { position } = await runDecider(
    deps,
    connection,
    connectionId,
    {
      type: 'StartLink',
      stateHash: stateHash(state),
      expiresAt: session.expiresAt,
      providerUserId: session.access.providerUserId,
      sealedToken: deps.vault.seal(session.access.accessToken),
      now: deps.clock.now(),
    },
    { metadata: deps.metadata(tenantId) },
  );
  return { linkUrl: session.url, expiresAt: session.expiresAt, position };
};
