import type {
  AccountFacts,
  ActionOwner,
  ConnectionContext,
  ConnectionOpened,
  LinkAtProvider,
  OtherLink,
  UserAtProvider,
} from './connection.events.js';

export interface LinkAttempt {
  readonly stateHash: string;
  readonly expiresAt: string;
  /** Or void: nobody can complete it any more. */
  readonly used: boolean;
  /** Its link was found before anybody came back from it. */
  readonly isFound?: true;
}

export interface KnownAccount extends AccountFacts {
  /** The caller's account id when its transactions are imported; else `null`. */
  readonly trackedAs: string | null;
  /** The caller wants nothing of it. */
  readonly isIgnored?: boolean;
  /**
   * ISO 8601 UTC: since when it is shared again without interruption, after a time in which we could not see it; what the bank
   * did then is unknown to us. Absent or `null`: as long as we know it.
   */
  readonly sharedSince?: string | null;
}

/** How to reach the provider for this connection; the token is sealed by the vault. */
export interface SealedAccess {
  readonly providerUserId: string;
  readonly providerConnectionId: string | null;
  readonly sealedToken: string;
}

/** What was disconnected here and has not ended at the provider yet. */
export interface OpenEnding extends LinkAtProvider {
  readonly sealedToken: string;
  readonly since: string;
  /** The provider's code, when it refuses for good. */
  readonly refusedWith: string | null;
}

/** What is wrong, and who can mend it. */
export interface ConnectionProblem {
  readonly code: string;
  readonly owner: ActionOwner;
}

export interface OpenedConnection extends ConnectionContext {
  readonly opened: ConnectionOpened['data'];
  readonly access: SealedAccess | null;
  readonly attempts: readonly LinkAttempt[];
  /** How the newest link page ended, when the person or the provider refused it. */
  readonly refused?: { readonly code: string; readonly by: 'user' | 'provider'; readonly at: string } | null;
  readonly syncEnabled: boolean;
  readonly syncDaysBack: number;
  readonly problem: ConnectionProblem | null;
  /** What is under way at the provider, since when. */
  readonly waiting?: { readonly code: string; readonly since: string } | null;
  /** When the provider tries again by itself to end what is wrong. */
  readonly nextTryAt?: string | null;
  readonly consentExpiresAt: string | null;
  /** `false`: the provider does not refresh it by itself. Absent or `null`: nothing is known against it. */
  readonly automaticRefresh?: boolean | null;
  /** The newest that the bank gave when its silence was noticed. */
  readonly silentSince?: string | null;
  /** The last warning: of the consent that ends on this day, and how early. */
  readonly consentWarned?: { readonly day: string; readonly withinDays: number } | null;
  readonly accounts: readonly KnownAccount[];
  /** Users that we made at the provider for this connection. */
  readonly ownUserIds?: readonly string[];
  /** What the holder linked besides, and nobody uses. */
  readonly otherLinks?: readonly OtherLink[];
  /** Also of before the connection was opened again. */
  readonly endings?: readonly OpenEnding[];
  /** What became of the provider's user with the last end. */
  readonly endedUser?: UserAtProvider | null;
}

export type ConnectionState =
  | { readonly status: 'none' }
  /** Opened, no bank linked yet. */
  | (OpenedConnection & { readonly status: 'pending' })
  | (OpenedConnection & { readonly status: 'linked' })
  | (OpenedConnection & { readonly status: 'disconnected' });

export type LinkedConnection = Extract<ConnectionState, { status: 'linked' }>;

/** The status that the outside sees. */
export const publicStatus = (
  state: Exclude<ConnectionState, { status: 'none' }>,
): 'pending' | 'active' | 'inactive' | 'disconnected' | 'error' => {
  if (state.status !== 'linked') return state.status;
  if (state.problem) return 'error';
  return state.syncEnabled ? 'active' : 'inactive';
};

/** The accounts to import from: one that is not shared any more would read as empty, which it is not. */
export const trackedAccounts = (state: OpenedConnection): readonly KnownAccount[] =>
  state.accounts.filter(({ trackedAs, sharing }) => trackedAs !== null && sharing === 'shared');

/** Problems that end without anybody acting: only looking again finds out that they did. */
export const healsByItself = (owner: ActionOwner): boolean => owner === 'time' || owner === 'provider';
