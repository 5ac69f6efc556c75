export type SyncTrigger = 'manual' | 'schedule' | 'webhook' | 'link';

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
  readonly reason: string;
  readonly field: string;
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
  };
}

/** Another run will follow the open one; written again for each further request that joins it. */
export interface SyncQueuedAgain {
  readonly type: 'SyncQueuedAgain';
  readonly data: SyncContext & {
    readonly cause: SyncCause;
    readonly attended: boolean;
    readonly slot: string | null;
    readonly requestedAt: string;
  };
}

export interface SyncStarted {
  readonly type: 'SyncStarted';
  readonly data: SyncContext & { readonly attempt: number; readonly startedAt: string };
}

export interface SyncCompleted {
  readonly type: 'SyncCompleted';
  readonly data: SyncContext &
    SyncReport & {
      readonly status: 'success' | 'partial';
      /** Why it is only partial: `rows.unreadable`, `fetch.page-cap`, …; empty on success. */
      readonly reasons: readonly string[];
    };
}

export interface SyncFailed {
  readonly type: 'SyncFailed';
  readonly data: SyncContext & SyncReport & { readonly errorCode: string; readonly errorMessage: string };
}

/** The watchdog ended the run because it was past its deadline. */
export interface SyncTimedOut {
  readonly type: 'SyncTimedOut';
  readonly data: SyncContext & SyncReport & { readonly errorCode: string; readonly errorMessage: string };
}

export type SyncEvent =
  SyncRequested | SyncQueuedAgain | SyncStarted | SyncCompleted | SyncFailed | SyncTimedOut;
