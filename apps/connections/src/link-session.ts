import { createHash } from 'node:crypto';
import { connection, type SealedAccess } from '#domain';
import { runDecider } from '#event-store';
import { DomainError, errorText, later } from '#kernel';
import type { LinkSession, ProviderAccess } from '#providers';
import type { KnownConnection } from '#service';
import { asSealed } from '#vault';
import { Logger } from '@nestjs/common';
import type { ConnectionsDeps } from './connections-deps.js';
import { signLinkState } from './link-state.js';

/** As long as the providers' own pages live. */
const LINK_LIFE_MS = 30 * 60_000;
/** Others may give the connection another provider user in between, but not again and again. */
const TRIES = 5;

const logger = new Logger('LinkSession');

export const stateHash = (state: string): string => createHash('sha256').update(state).digest('hex');

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

const refuseEnded = ({ status }: KnownConnection): void => {
  if (status !== 'disconnected') return;
  throw new DomainError(
    'connection.disconnected',
    'This connection is disconnected. Open it again to use it.',
  );
};

const earlier = (one: string, other: string): string => (Date.parse(one) < Date.parse(other) ? one : other);

/** @returns the connection as it is now, and the link unless the page is for another user than the connection has by now */
const recordPage = async (
  deps: ConnectionsDeps,
  { connectionId, tenantId, access }: KnownConnection,
  page: { readonly state: string; readonly expiresAt: string; readonly session: LinkSession },
): Promise<{ readonly now: KnownConnection; readonly started: StartedLink | null }> => {
  const { state, expiresAt, session } = page;
  const hash = stateHash(state);
  const { providerUserId, accessToken } = session.access;
  const start = {
    type: 'StartLink' as const,
    stateHash: hash,
    expiresAt,
    userBefore: access?.providerUserId ?? null,
    providerUserId,
    sealedToken: deps.vault.seal(accessToken),
    now: deps.clock.now(),
  };
  const metadata = deps.metadata(tenantId);
  const decided = await runDecider(deps, connection, connectionId, start, { metadata }).catch(
    (error: unknown) => {
      const isLost = access === null && !(error instanceof DomainError);
      if (isLost) logger.warn(`The log may not know of the provider’s user ${providerUserId}: ${errorText(error)}`); // prettier-ignore
      throw error;
    },
  );
  const now = decided.state;
  if (now.status === 'none') throw new Error('A connection that has a link page is one.');
  const isKnown = now.attempts.some((attempt) => attempt.stateHash === hash);
  const { position } = decided;
  return { now, started: isKnown ? { linkUrl: session.url, expiresAt, position } : null };
};

/**
 * Makes a fresh link or repair page for one person, and remembers the hash of its single-use state. Of two calls at the same
 * moment for a connection without a provider user each makes one: the log decides whose it is, the other user is left to be
 * deleted, and its page is made anew for the right one.
 */
export const startLinkFor = async (deps: ConnectionsDeps, known: KnownConnection): Promise<StartedLink> => {
  let target = known;
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    refuseEnded(target);
    const { connectionId, tenantId, opened, access } = target;
    const expiresAt = later(deps.clock.now(), LINK_LIFE_MS);
    const state = signLinkState(deps.vault, { connectionId, tenantId, expiresAt });
    const session = await deps.provider(opened.provider).startLink({
      access: access && openAccess(deps, access),
      state,
      redirectUri: deps.callbackUrl,
      iban: opened.iban,
      language: 'fr',
    });
    const page = { state, session, expiresAt: earlier(session.expiresAt, expiresAt) };
    const { now, started } = await recordPage(deps, target, page);
    if (started) return started;
    target = now;
  }
  throw new Error(`The connection changed its provider user ${TRIES} times while a link page was made.`);
};
