import type {
  AccountFacts,
  ActionOwner,
  ConnectionProvider,
  LinkAtProvider,
  OtherLink,
  UserAtProvider,
} from './connection.events.js';
import type { LedgerUse } from './ledger-use.js';

export interface OpenConnection {
  readonly type: 'OpenConnection';
  readonly connectionId: string;
  readonly tenantId: string;
  readonly companyId: string;
  readonly accountId: string;
  readonly institutionId: string;
  readonly iban: string;
  readonly provider: ConnectionProvider;
  readonly syncEnabled: boolean;
  readonly syncDaysBack: number;
  readonly now: string;
}

export interface StartLink {
  readonly type: 'StartLink';
  readonly stateHash: string;
  readonly expiresAt: string;
  /** The provider user that the connection had when the page was asked for; `null`: none, so one was made for the page. */
  readonly userBefore: string | null;
  readonly providerUserId: string;
  readonly sealedToken: string;
  readonly now: string;
}

export interface CompleteLink {
  readonly type: 'CompleteLink';
  /** `null`: the caller brought credentials, there was no link page. */
  readonly stateHash: string | null;
  readonly providerUserId: string;
  readonly providerConnectionId: string;
  readonly sealedToken: string;
  readonly now: string;
}

/** Nobody came back from a link page, but the provider shows that it was used. */
export interface FindLink {
  readonly type: 'FindLink';
  readonly providerUserId: string;
  readonly providerConnectionId: string;
  readonly sealedToken: string;
  readonly now: string;
}

export interface RefuseLink {
  readonly type: 'RefuseLink';
  readonly stateHash: string;
  readonly code: string;
  readonly by: 'user' | 'provider';
  readonly now: string;
}

/** What the provider just said of the connection and of its accounts. */
export interface ObserveProvider {
  readonly type: 'ObserveProvider';
  readonly problem: { readonly code: string; readonly owner: ActionOwner } | null;
  /** Only then does an account that is not listed mean that the bank no longer shows it. */
  readonly isHealthy: boolean;
  /** What is still under way, and is a problem of `owner` only when it takes longer than that. */
  readonly waiting?: {
    readonly code: string;
    readonly owner: ActionOwner;
    readonly patienceMs: number;
  } | null;
  /** When the provider tries again by itself; `null` when it does not say. */
  readonly nextTryAt?: string | null;
  /** When the provider last read the bank; `null`: never, or it does not say. */
  readonly refreshedAt?: string | null;
  /** Whether the provider refreshes the connection by itself; `null`: it does not say. */
  readonly automaticRefresh?: boolean | null;
  readonly consentExpiresAt: string | null;
  readonly accounts: readonly AccountFacts[];
  readonly now: string;
}

/** The caller decides on a bank account: its transactions are imported from here on. */
export interface TrackAccount {
  readonly type: 'TrackAccount';
  readonly providerAccountId: string;
  /** The caller's id for it; `null`: the one it has, else the one that the connection was opened for. */
  readonly accountId: string | null;
  /** The ledger that it continues; `null`: its own. */
  readonly ledgerId: string | null;
  /** Taken instead of its own when another account of the same identity is imported into that one. */
  readonly spareLedgerId: string;
  /** What others know of the ledgers that are in question. */
  readonly ledgers: readonly LedgerUse[];
  readonly now: string;
}

/** The caller decides on a bank account: nothing is imported from it. */
export interface IgnoreAccount {
  readonly type: 'IgnoreAccount';
  readonly providerAccountId: string;
  readonly now: string;
}

/** The provider refused us: it shows nothing, but what is wrong is known. The next good observation clears it. */
export interface ReportProblem {
  readonly type: 'ReportProblem';
  readonly code: string;
  readonly owner: ActionOwner;
  readonly now: string;
}

/** The runs saw nothing newer from the bank than this for longer than is usual for the connection. */
export interface NoticeSilence {
  readonly type: 'NoticeSilence';
  readonly refreshedAt: string;
  readonly now: string;
}

/** A look at the calendar: does the consent soon end? */
export interface WarnOfConsent {
  readonly type: 'WarnOfConsent';
  readonly now: string;
}

export interface ReplaceToken {
  readonly type: 'ReplaceToken';
  readonly sealedToken: string;
  readonly now: string;
}

/** The same token, sealed by another key; `from`: as it was sealed. */
export interface ResealToken {
  readonly type: 'ResealToken';
  readonly from: string;
  readonly sealedToken: string;
  readonly now: string;
}

/** What else the provider user of the connection is linked to. */
export interface ObserveOtherLinks {
  readonly type: 'ObserveOtherLinks';
  readonly links: readonly OtherLink[];
  readonly now: string;
}

/** What was disconnected here is ended at the provider, too. */
export interface ConfirmEnd extends LinkAtProvider {
  readonly type: 'ConfirmEnd';
  readonly user: UserAtProvider;
  readonly now: string;
}

/** The provider refuses for good to end what was disconnected here. */
export interface RefuseEnd extends LinkAtProvider {
  readonly type: 'RefuseEnd';
  readonly code: string;
  readonly now: string;
}

export interface ChangeSettings {
  readonly type: 'ChangeSettings';
  readonly syncEnabled?: boolean | undefined;
  readonly syncDaysBack?: number | undefined;
  readonly now: string;
}

export interface Disconnect {
  readonly type: 'Disconnect';
  readonly by: 'caller' | 'provider';
  /** Only while this link of the provider is the connection's: one that replaced it meanwhile stays. */
  readonly ifLinkedTo?: string;
  readonly now: string;
}

export type ConnectionCommand =
  | OpenConnection
  | StartLink
  | CompleteLink
  | FindLink
  | RefuseLink
  | ObserveProvider
  | TrackAccount
  | IgnoreAccount
  | ReportProblem
  | NoticeSilence
  | WarnOfConsent
  | ReplaceToken
  | ResealToken
  | ObserveOtherLinks
  | ConfirmEnd
  | RefuseEnd
  | ChangeSettings
  | Disconnect;
