import type { BankDay } from '#kernel';
import type { FetchedTransaction } from '#domain';
import type { ProviderCode, ProviderName } from './provider-code.js';

export type { ProviderName } from './provider-code.js';

/** What a provider needs to speak for one bank link. `accessToken` is a secret in clear: never log, store or return it. */
export interface ProviderAccess {
  readonly accessToken: string;
  readonly providerUserId: string;
  /** `null` until the person has linked a bank. */
  readonly providerConnectionId: string | null;
}

export interface LinkRequest {
  /** `null`: the provider creates a user first and returns its access. */
  readonly access: ProviderAccess | null;
  /** Unguessable, single-use; comes back on the callback. */
  readonly state: string;
  /** Absolute, registered with the provider, without query. */
  readonly redirectUri: string;
  /** Filters the accounts that the person may choose. */
  readonly iban: string;
  readonly language: 'fr' | 'en';
}

export interface LinkSession {
  /** Where the person's browser goes; contains a short-lived code: never store or log it. */
  readonly url: string;
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
  /** Access of the (possibly just created) provider user; to be sealed before it is stored. */
  readonly access: ProviderAccess;
}

/** What came back on the callback, as the provider's documentation names it. */
export type LinkResult =
  | {
      readonly kind: 'linked';
      readonly providerConnectionIds: readonly string[];
      readonly access: ProviderAccess;
    }
  | { readonly kind: 'refused'; readonly code: string; readonly by: 'user' | 'provider' };

export interface ProviderAccount {
  readonly providerAccountId: string;
  readonly iban: string | null;
  readonly number: string | null;
  /** Whose account it is; `null` when the provider does not say. */
  readonly holder: string | null;
  readonly name: string;
  readonly type: string;
  /** ISO 4217; `null` when the provider does not say. */
  readonly currency: string | null;
  /** Canonical decimal string; `null` when unknown, which is not zero. */
  readonly balance: string | null;
  /** `not-shared`: the person did not (or no longer) agree; `vanished`: the bank no longer shows it. */
  readonly status: 'shared' | 'not-shared' | 'vanished';
  /** When the provider last read this account at the bank, ISO 8601 UTC; absent or `null`: it does not say. */
  readonly refreshedAt?: string | null;
  /** The provider's own name of what keeps it from reading this account; absent or `null`: nothing, or it does not say. */
  readonly error?: string | null;
}

/** Who can make the connection work again. */
export type ActionOwner = 'user' | 'provider' | 'time' | 'nobody';

/** The provider's view of one connection at one moment. */
export interface ConnectionSnapshot {
  readonly providerConnectionId: string;
  /** The provider user that holds it; `null` when the provider does not say. */
  readonly providerUserId: string | null;
  /** `healthy`, or what is wrong, in the provider's own code. */
  readonly health:
    | { readonly kind: 'healthy' }
    | {
        readonly kind: 'waiting';
        readonly code: string;
        /** Whom it would have to be told to, after so long. Absent: the next look says more. */
        readonly owner?: ActionOwner;
        readonly patienceMs?: number;
      }
    | { readonly kind: 'broken'; readonly code: string; readonly owner: ActionOwner };
  /** Last successful sync of the provider with the bank, ISO 8601 UTC; `null`: never yet. */
  readonly refreshedAt: string | null;
  /** When the provider tries again by itself, ISO 8601 UTC; `null` when it does not say. */
  readonly nextTryAt?: string | null;
  /** `false`: it does not refresh this connection by itself; absent or `null`: it does not say. */
  readonly automaticRefresh?: boolean | null;
  readonly consentExpiresAt: string | null;
  readonly accounts: readonly ProviderAccount[];
}

export interface WantedAccount {
  readonly providerAccountId: string;
  readonly currency: string | null;
  /**
   * First bank day wanted of it, inclusive; rows of before are left out, unless the bank took them back, or changes are read: a
   * row may have been re-dated to before.
   */
  readonly from: BankDay;
}

/** What one fetch reads of its accounts. */
export type FetchedPart =
  /** All rows from each account's first day on, up to `to` (inclusive); `null`: whatever comes later, too. */
  | { readonly kind: 'window'; readonly to: BankDay | null }
  /** What changed since a fetch that returned this cursor. One that the provider no longer understands: all rows. */
  | { readonly kind: 'changes'; readonly since: string };

export interface FetchRequest {
  readonly access: ProviderAccess;
  /** The accounts to read; rows of others are left out. */
  readonly accounts: readonly WantedAccount[];
  readonly part: FetchedPart;
  /**
   * ISO 8601 UTC. The cursor of this fetch reaches no further: what changes from then on may belong on pages that were read
   * already, so the next fetch looks at it again.
   */
  readonly begunAt: string;
  /**
   * ISO 8601 UTC: when the provider last looked at the bank, as it said before this fetch. What it saw then is on the pages, so
   * the cursor may reach so far though no row is so recent: the same last rows would be read again and again. `null`: unknown.
   */
  readonly refreshedAt: string | null;
}

/** One step of a fetch: pages, then exactly one end. */
export type FetchStep =
  | { readonly kind: 'page'; readonly items: readonly FetchedTransaction[] }
  | {
      readonly kind: 'end';
      /** `false`: a cap, a loop or a repeated cursor stopped it; what was read is valid, but there is more. */
      readonly complete: boolean;
      /** To read what changes from here on; meaningful only when `complete`. `null`: nothing to go by was seen. */
      readonly cursor: string | null;
      readonly reason: 'page-cap' | 'repeated-cursor' | null;
      /** `full`: the part was read whole, so what it lacks is not there. `incremental`: nothing may be concluded from absence. */
      readonly scope: 'full' | 'incremental';
    };

export type ProviderErrorKind = 'retry' | 'retry-after' | 'needs-user' | 'permanent' | 'bug';

/** A provider failed. Classified once, in its adapter. The message holds no secret and no URL with a code. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  constructor(
    readonly kind: ProviderErrorKind,
    /** `<provider>.<reason>`, stable. */
    readonly code: ProviderCode,
    message: string,
    readonly options: {
      readonly retryAfterMs?: number;
      readonly status?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
  }
}

/** Counts the requests made to the provider, also when they fail. */
export interface CallCount {
  count: number;
  /** A person waits: the first requests go before those that nobody waits for, a long history does not. */
  readonly attended?: boolean;
}

/** Whether the provider looks at the bank now because we asked. */
export type RefreshAnswer =
  /** It does, or has done so by now: its state as it answered. */
  | {
      readonly kind: 'asked';
      readonly refreshedAt: string | null;
      readonly health: ConnectionSnapshot['health'];
    }
  /** It would not; what it has can be read all the same. `nextAllowedAt` is `null` when it does not say. */
  | { readonly kind: 'refused'; readonly code: ProviderCode; readonly nextAllowedAt: string | null };

/** One provider. Every method may throw {@link ProviderError} and nothing else. */
export abstract class BankProvider {
  abstract readonly name: ProviderName;

  /** Creates the provider user where there is none (never repeated blindly) and a link page for one person. */
  abstract startLink(request: LinkRequest): Promise<LinkSession>;

  /** Reads the callback's parameters; asks the provider where they are not enough. */
  abstract completeLink(
    access: ProviderAccess,
    parameters: Readonly<Record<string, string>>,
  ): Promise<LinkResult>;

  /**
   * All connections that this access can see (used to confirm credentials and to find a link whose callback got lost). Without
   * `calls` a person waits for the answer.
   */
  abstract listConnections(access: ProviderAccess, calls?: CallCount): Promise<readonly ConnectionSnapshot[]>;

  /** State and accounts of the one connection that `access` names. Without `calls` a person waits for the answer. */
  abstract describe(access: ProviderAccess, calls?: CallCount): Promise<ConnectionSnapshot>;

  /**
   * Asks the provider to look at the bank now, once. `attended`: a person waits, who may have to confirm it at the bank; never
   * say so when none does. What stands in the way of a refresh alone is an answer, not an error.
   */
  abstract refresh(
    access: ProviderAccess,
    manner: { readonly attended: boolean },
    calls?: CallCount,
  ): Promise<RefreshAnswer>;

  /** Transactions page by page. `calls` counts the requests made, also when it throws. */
  abstract fetchTransactions(request: FetchRequest, calls: CallCount): AsyncGenerator<FetchStep, void>;

  /** A new access token for the same user, where the provider can; the old one stops being used. */
  abstract renewAccess(access: ProviderAccess): Promise<ProviderAccess>;

  /** Ends the connection at the provider; already gone counts as done. */
  abstract disconnect(access: ProviderAccess): Promise<void>;

  /**
   * Deletes the provider user once it has no link left, by the provider's own word; already gone counts as done. `others`: what
   * becomes of links that it still has. It cannot be undone: for users that were made for one connection of ours only.
   */
  abstract endUser(access: ProviderAccess, others: 'end' | 'spare'): Promise<'deleted' | 'in-use'>;
}
