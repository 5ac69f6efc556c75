export type ConnectionProvider = 'powens' | 'tink';

/** Who can make a connection work again. */
export type ActionOwner = 'user' | 'provider' | 'time' | 'nobody';

export interface ConnectionContext {
  readonly connectionId: string;
  readonly tenantId: string;
  readonly companyId: string;
}

/** One link of one user at the provider; `null`: the user never linked a bank, as far as we know. */
export interface LinkAtProvider {
  readonly providerUserId: string;
  readonly providerConnectionId: string | null;
}

/** What became of the provider's user: one of the caller's is `kept`, one of ours only while it has other links. */
export type UserAtProvider = 'deleted' | 'in-use' | 'kept';

/** A link of the same provider user that no connection uses. */
export interface OtherLink {
  readonly providerConnectionId: string;
  readonly accounts: readonly { readonly iban: string | null; readonly name: string }[];
}

type Event<Type extends string, Data> = { readonly type: Type; readonly data: ConnectionContext & Data };

export type ConnectionOpened = Event<
  'ConnectionOpened',
  {
    /** The caller's account id. */
    readonly accountId: string;
    readonly institutionId: string;
    readonly iban: string;
    readonly provider: ConnectionProvider;
    readonly syncEnabled: boolean;
    readonly syncDaysBack: number;
    readonly openedAt: string;
  }
>;

/** A link page was made for a person; its URL is short-lived and never stored. */
export type LinkStarted = Event<
  'LinkStarted',
  {
    /** SHA-256 (hex) of the single-use `state`. */
    readonly stateHash: string;
    readonly expiresAt: string;
    readonly providerUserId: string;
    readonly sealedToken: string;
    readonly startedAt: string;
  }
>;

/**
 * A user that we made at the provider for a link page, while another call gave the connection one: the page was never shown, and
 * the user is to be deleted.
 */
export type SpareUserMade = Event<
  'SpareUserMade',
  { readonly providerUserId: string; readonly sealedToken: string; readonly madeAt: string }
>;

export type ConnectionLinked = Event<
  'ConnectionLinked',
  {
    readonly provider: ConnectionProvider;
    readonly providerUserId: string;
    readonly providerConnectionId: string;
    readonly sealedToken: string;
    /** The link attempt that this completes; `null` when credentials were given, or nobody came back. */
    readonly stateHash: string | null;
    /** Nobody came back from the page: the provider was asked. */
    readonly isFound?: true;
    readonly linkedAt: string;
  }
>;

/** The person came back from the page after its link had been found: nothing is new but that the page is used. */
export type LinkConfirmed = Event<
  'LinkConfirmed',
  { readonly stateHash: string; readonly sealedToken: string; readonly confirmedAt: string }
>;

export type LinkFailed = Event<
  'LinkFailed',
  {
    readonly stateHash: string;
    readonly code: string;
    readonly by: 'user' | 'provider';
    readonly failedAt: string;
  }
>;

/** A bank account as the provider shows it. */
export interface AccountFacts {
  readonly providerAccountId: string;
  readonly ledgerId: string;
  readonly iban: string | null;
  readonly name: string;
  readonly accountType: string;
  readonly currency: string | null;
  /**
   * Ids that the account is recognised by when the provider re-creates it, the strongest first: by IBAN, then by number, type
   * and holder. Absent in events of before they were told apart: `ledgerId` is the only one then.
   */
  readonly identities?: readonly string[];
  readonly sharing: 'shared' | 'not-shared' | 'vanished';
}

/** New, shared again, or described anew (name, IBAN, currency, type): replaces what was known of the account. */
export type AccountDiscovered = Event<'AccountDiscovered', AccountFacts & { readonly discoveredAt: string }>;

/**
 * From here on the account's transactions are imported into this ledger, as this account of the caller's: whichever other
 * account of the bank had either before has it no more.
 */
export type AccountTracked = Event<
  'AccountTracked',
  AccountFacts & { readonly accountId: string; readonly trackedAt: string }
>;

/** The caller does not want it: it is not tracked by itself any more. */
export type AccountIgnored = Event<
  'AccountIgnored',
  { readonly providerAccountId: string; readonly reason: string; readonly ignoredAt: string }
>;

/** We no longer see it; also told when what keeps us from seeing it becomes another. */
export type AccountVanished = Event<
  'AccountVanished',
  { readonly providerAccountId: string; readonly reason: 'not-shared' | 'gone'; readonly vanishedAt: string }
>;

export type UserActionRequired = Event<
  'UserActionRequired',
  { readonly code: string; readonly owner: ActionOwner; readonly observedAt: string }
>;

/** The provider, or the person in the bank's app, is at work: no problem yet. */
export type WaitingStarted = Event<'WaitingStarted', { readonly code: string; readonly startedAt: string }>;
export type WaitingEnded = Event<'WaitingEnded', { readonly endedAt: string }>;
/** While all is not well: when the provider tries again by itself. */
export type RefreshPlanned = Event<
  'RefreshPlanned',
  { readonly plannedAt: string; readonly observedAt: string }
>;
/** Well by the provider's word, and nothing newer from the bank than this for unusually long. */
export type SilenceNoticed = Event<
  'SilenceNoticed',
  { readonly refreshedAt: string; readonly noticedAt: string }
>;
/** Whether the provider refreshes the connection by itself; told when that becomes another, or is off from the start. */
export type AutomaticRefreshObserved = Event<
  'AutomaticRefreshObserved',
  { readonly isOn: boolean; readonly observedAt: string }
>;
export type ConnectionRecovered = Event<'ConnectionRecovered', { readonly recoveredAt: string }>;
export type ConsentObserved = Event<
  'ConsentObserved',
  { readonly expiresAt: string; readonly observedAt: string }
>;
/** Warned about: within 30, 14, 7 and 1 days of the end, each once. */
export type ConsentExpiring = Event<
  'ConsentExpiring',
  {
    readonly expiresAt: string;
    readonly withinDays: number;
    /** Days of the calendar (UTC) until then; early events tell begun days. */
    readonly daysLeft: number;
    readonly warnedAt: string;
  }
>;
export type TokenReplaced = Event<
  'TokenReplaced',
  { readonly sealedToken: string; readonly replacedAt: string }
>;
/** The token that gives access to that link, sealed by another key: the old one is no longer needed for it. */
export type TokenResealed = Event<
  'TokenResealed',
  LinkAtProvider & { readonly sealedToken: string; readonly resealedAt: string }
>;
/** What the holder linked besides on pages that were made for this connection; replaces what was observed before. */
export type OtherLinksObserved = Event<
  'OtherLinksObserved',
  { readonly links: readonly OtherLink[]; readonly observedAt: string }
>;
export type SettingsChanged = Event<
  'SettingsChanged',
  { readonly syncDaysBack: number; readonly changedAt: string }
>;
export type SyncPaused = Event<'SyncPaused', { readonly pausedAt: string }>;
export type SyncResumed = Event<'SyncResumed', { readonly resumedAt: string }>;
export type ConnectionDisconnected = Event<
  'ConnectionDisconnected',
  {
    readonly by: 'caller' | 'provider';
    readonly disconnectedAt: string;
    /** What is still to end at the provider; absent: nothing. */
    readonly ending?: LinkAtProvider & { readonly isOwnUser: boolean };
  }
>;
/** What was disconnected here has ended at the provider, by its own word. */
export type LinkEnded = Event<
  'LinkEnded',
  LinkAtProvider & { readonly user: UserAtProvider; readonly endedAt: string }
>;
/** The provider refuses for good: a person ends it in its console. */
export type LinkEndRefused = Event<
  'LinkEndRefused',
  LinkAtProvider & { readonly code: string; readonly refusedAt: string }
>;

export type ConnectionEvent =
  | ConnectionOpened
  | LinkStarted
  | SpareUserMade
  | ConnectionLinked
  | LinkConfirmed
  | LinkFailed
  | AccountDiscovered
  | AccountTracked
  | AccountIgnored
  | AccountVanished
  | UserActionRequired
  | WaitingStarted
  | WaitingEnded
  | RefreshPlanned
  | SilenceNoticed
  | AutomaticRefreshObserved
  | ConnectionRecovered
  | ConsentObserved
  | ConsentExpiring
  | TokenReplaced
  | TokenResealed
  | OtherLinksObserved
  | SettingsChanged
  | SyncPaused
  | SyncResumed
  | ConnectionDisconnected
  | LinkEnded
  | LinkEndRefused;
