import type { UnreadableReason } from '../bank-transaction.js';

export type SyncTrigger = 'manual' | 'schedule' | 'webhook' | 'link';

/** A bank that failed again and again and is left alone for a while, as one provider reaches it. */
export interface LeftAlone {
  readonly provider: string;
  readonly bank: string;
  /** It is the provider that cannot reach the bank: once it says that it was there, that is worth a look. */
  readonly untilTold: boolean;
}

/** One request that a run serves. */
export interface SyncCause {
  readonly requestId: string;
  readonly trigger: SyncTrigger;
}

/** Whom a run belongs to. */
export interface SyncContext {
  readonly syncId: string;
  readonly connectionId: string;
  readonly tenantId: string;
  readonly companyId: string;
}

export interface SyncCounts {
  readonly imported: number;
  readonly updated: number;
  readonly removed: number;
  readonly skipped: number;
  readonly failed: number;
}

/** A row that was left out, and why; says nothing of its content. */
export interface RowFailure {
  readonly rowKey: string;
  readonly providerAccountId: string | null;
  readonly reason: UnreadableReason;
  readonly field: string;
}

/** Days of an account that can never be read: the provider showed history of before them once, and does not any more. */
export interface HistoryGap {
  /** The caller's account id. */
  readonly accountId: string;
  /** Bank days, both inclusive. */
  readonly from: string;
  readonly to: string;
}

/** Something that kept a run from being a success, without words: the edges have these, in every language. */
export interface RunProblem {
  readonly code: string;
  /** The caller's account id; `null`: it concerns the whole run, or nobody knows which account. */
  readonly accountId: string | null;
  /** `null` unless it is about one row. */
  readonly rowKey: string | null;
  readonly count: number;
  /** What the words name beside the code. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** How the provider shows one bank account, beside what the connection as a whole reports. */
export interface AccountLook {
  readonly providerAccountId: string;
  /** When the provider last read this account at the bank, ISO 8601 UTC; `null`: unknown. */
  readonly refreshedAt: string | null;
  /** Why what it shows of this account may be old; `null`: nothing speaks for that. */
  readonly problem: Pick<RunProblem, 'code' | 'parameters'> | null;
}

/** What proves a success: without one, there is none. */
export interface RunEvidence {
  /** `nothing-new`: the provider was not at the bank since the last success, as far as its time and its rows tell, but all that it has was read, and all is well. */
  readonly kind: 'newer-refresh' | 'nothing-new';
  readonly refreshedAt: string;
}

/** What the slices of a run brought so far, over all its attempts. */
export interface SyncTally {
  /** Rows of the ledgers that were shown, or missed, and distinct ones that could not be read. */
  readonly readable: number;
  readonly failed: number;
  /** The first 50. */
  readonly failures: readonly RowFailure[];
  readonly pages: number;
  readonly calls: number;
}

/** What came of the wish that the provider itself looks at the bank now, before we read what it has. */
export interface RefreshReport {
  /** `asked`: the provider does so; `refused`: it, or our own pacing, would not, so what it had was read. */
  readonly outcome: 'asked' | 'refused';
  /** Why it was refused, `refresh.…` or the provider's own; `null` when it was not. */
  readonly code: string | null;
  /** Before this another one is refused as well; `null`: nothing is known. */
  readonly nextAllowedAt: string | null;
}

/** All that is known of a run when it ends, whichever way. */
export interface SyncReport {
  readonly trigger: SyncTrigger;
  readonly attempt: number;
  readonly requestedAt: string;
  /** `null` when it never started. */
  readonly startedAt: string | null;
  readonly endedAt: string;
  readonly windowFrom: string | null;
  readonly windowTo: string | null;
  readonly counts: SyncCounts;
  /** The first 50 of them; `counts.failed` has all. */
  readonly failures: readonly RowFailure[];
  readonly accountIds: readonly string[];
  readonly pages: number;
  readonly calls: number;
  readonly cursorBefore: string | null;
  readonly cursorAfter: string | null;
  /** The provider's own last refresh with the bank: the evidence of a success. */
  readonly refreshedAt: string | null;
  readonly gaps: readonly HistoryGap[];
  /** Absent: nobody wished for one, or what the provider had was fresh. */
  readonly refresh?: RefreshReport;
  readonly problems: readonly RunProblem[];
  /** All accounts that the provider showed; absent: it was not asked. */
  readonly accountLooks?: readonly AccountLook[];
}

export interface SyncRequested {
  readonly type: 'SyncRequested';
  readonly data: SyncContext & {
    readonly trigger: SyncTrigger;
    readonly causes: readonly SyncCause[];
    /** A person waits for it. */
    readonly attended: boolean;
    /** Local date and time of the schedule that is served, `YYYY-MM-DDTHH:mm`; `null` for other triggers. */
    readonly slot: string | null;
    readonly requestedAt: string;
    /** No attempt starts before this: webhooks alone ask, and they asked a moment ago already. `null`: at once. */
    readonly notBefore: string | null;
    /** When a person last asked for it, where that was not `requestedAt`. */
    readonly attendedAt?: string;
    /** Until then `notBefore` is not pacing: the provider, or its bank, is left alone, and only a person ends that wait. */
    readonly nextAllowedAt?: string;
    /** Whose pause `nextAllowedAt` is; absent: the provider's own word, or there is none. */
    readonly leftAlone?: LeftAlone;
    /** It takes up a run that was stopped, as so many before it; absent: it takes up none. */
    readonly followUp?: number;
    /** The provider says by itself that it has just been at the bank. */
    readonly told?: true;
  };
}

interface FurtherRequests {
  /** The requests that join: at least one, unless it is only that a wait ends. */
  readonly causes: readonly SyncCause[];
  /** The run's trigger from here on. */
  readonly trigger: SyncTrigger;
  readonly attended: boolean;
  readonly slot: string | null;
  readonly requestedAt: string;
  /** The provider says by itself that it has just been at the bank. */
  readonly told?: true;
}

/** Another run will follow the open one, which has read already; written again for further requests that join it. */
export interface SyncQueuedAgain {
  readonly type: 'SyncQueuedAgain';
  readonly data: SyncContext &
    FurtherRequests & {
      /** When the queued run may start at the earliest, as of here; `null`: as soon as the open one has ended. */
      readonly notBefore: string | null;
    };
}

/** Requests became part of the open run, or its wait ended: no attempt of it had started, so it reads what they are about. */
export interface SyncJoined {
  readonly type: 'SyncJoined';
  readonly data: SyncContext &
    FurtherRequests & {
      /** The run had to wait (`notBefore`), and need not any more. */
      readonly endsWait: boolean;
    };
}

export interface SyncStarted {
  readonly type: 'SyncStarted';
  readonly data: SyncContext & { readonly attempt: number; readonly startedAt: string };
}

/** Somebody waits, or the provider has been silent for long: whether it was asked to look at the bank, and what it said. */
export interface RefreshDecided {
  readonly type: 'RefreshDecided';
  readonly data: SyncContext &
    RefreshReport & {
      readonly attempt: number;
      /** A person waited, and the provider was told so. */
      readonly attended: boolean;
      /** The provider's last look at the bank until then. */
      readonly refreshedBefore: string | null;
      readonly decidedAt: string;
    };
}

/** Part of what a run reads is in the log for good: whichever attempt or run comes next goes on from its cursor. */
export interface SyncSliceCompleted {
  readonly type: 'SyncSliceCompleted';
  readonly data: SyncContext & {
    readonly attempt: number;
    /** Bank days of the slice, inclusive; `to` is `null` when it reads whatever comes later, too. */
    readonly from: string;
    readonly to: string | null;
    /** First bank day that all accounts are read from by now; `null`: one has not been read at all. */
    readonly readFrom: string | null;
    /** `left` is an estimate: how many days a slice takes follows from how many rows the last one had. */
    readonly slices: { readonly done: number; readonly left: number };
    readonly tally: SyncTally;
    readonly cursor: string | null;
    readonly completedAt: string;
  };
}

export interface SyncCompleted {
  readonly type: 'SyncCompleted';
  readonly data: SyncContext &
    SyncReport & {
      readonly status: 'success' | 'partial';
      /** Of a success; absent in events of before it was kept. */
      readonly evidence?: RunEvidence;
      /** Why it is only partial: `rows.unreadable`, `fetch.page-cap`, …; empty on success. */
      readonly reasons: readonly string[];
    };
}

export interface SyncFailed {
  readonly type: 'SyncFailed';
  readonly data: SyncContext &
    SyncReport & {
      readonly errorCode: string;
      readonly errorMessage: string;
      /** The provider, or our own care for it, allows no call before; absent: nothing is known. */
      readonly nextAllowedAt?: string;
      /** The bank whose pause that is; absent: the provider said so. */
      readonly leftAlone?: LeftAlone;
    };
}

/** The run was past its deadline: its worker ended it, or the watchdog did where none was at work. */
export interface SyncTimedOut {
  readonly type: 'SyncTimedOut';
  readonly data: SyncContext & SyncReport & { readonly errorCode: string; readonly errorMessage: string };
}

export type SyncEvent =
  | SyncRequested
  | SyncQueuedAgain
  | SyncJoined
  | SyncStarted
  | RefreshDecided
  | SyncSliceCompleted
  | SyncCompleted
  | SyncFailed
  | SyncTimedOut;
