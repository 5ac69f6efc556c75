import type { Decider } from '#kernel';
import { evolveSync } from './evolve-sync.js';
import type { SyncEvent, SyncReport, SyncTrigger } from './sync.events.js';
import { type OpenRun, runOfRequest, type SyncState } from './sync.state.js';

export interface RequestSync {
  readonly type: 'RequestSync';
  readonly connectionId: string;
  readonly tenantId: string;
  readonly companyId: string;
  readonly trigger: SyncTrigger;
  readonly requestId: string;
  /** Id of the run, should this request start one. Never one that was used: a run's id is for ever. */
  readonly syncId: string;
  /** `YYYY-MM-DDTHH:mm` in the schedule's zone; only for `schedule`. */
  readonly slot: string | null;
  readonly now: string;
}

export interface StartSync {
  readonly type: 'StartSync';
  readonly syncId: string;
  readonly now: string;
}

/** What a worker knows at the end; the rest of the report comes from the state. */
export type RunOutcome = Omit<
  SyncReport,
  'trigger' | 'attempt' | 'requestedAt' | 'startedAt' | 'endedAt' | 'cursorBefore'
>;

export interface CompleteSync {
  readonly type: 'CompleteSync';
  readonly syncId: string;
  readonly attempt: number;
  readonly status: 'success' | 'partial';
  readonly reasons: readonly string[];
  readonly outcome: RunOutcome;
  readonly now: string;
}

export interface FailSync {
  readonly type: 'FailSync';
  readonly syncId: string;
  readonly attempt: number;
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly outcome: RunOutcome;
  readonly now: string;
}

export interface TimeOutSync {
  readonly type: 'TimeOutSync';
  readonly syncId: string;
  readonly errorMessage: string;
  readonly outcome: RunOutcome;
  readonly now: string;
}

export type SyncCommand = RequestSync | StartSync | CompleteSync | FailSync | TimeOutSync;

/** The request that gave the open or the queued run its id comes again, after so many others that it was forgotten. */
const isAhead = (state: SyncState, syncId: string): boolean =>
  state.status === 'open' && (state.run.syncId === syncId || state.queued?.syncId === syncId);

const requestSync = (command: RequestSync, state: SyncState): readonly SyncEvent[] => {
  const { requestId, trigger, slot, now } = command;
  if (runOfRequest(state, requestId) !== undefined || isAhead(state, command.syncId)) return [];
  if (slot !== null && state.lastSlot !== null && slot <= state.lastSlot) return [];
  const attended = trigger === 'manual' || trigger === 'link';
  const context = {
    connectionId: command.connectionId,
    tenantId: command.tenantId,
    companyId: command.companyId,
  };
  const cause = { requestId, trigger };
  if (state.status === 'idle') {
    const data = {
      syncId: command.syncId,
      ...context,
      trigger,
      causes: [cause],
      attended,
      slot,
      requestedAt: now,
    };
    return [{ type: 'SyncRequested', data }];
  }
  const syncId = state.queued?.syncId ?? command.syncId;
  const data = { syncId, ...context, cause, attended, slot, requestedAt: now };
  return [{ type: 'SyncQueuedAgain', data }];
};

const contextOf = ({ syncId, connectionId, tenantId, companyId }: OpenRun) => ({
  syncId,
  connectionId,
  tenantId,
  companyId,
});

const reportOf = (run: OpenRun, state: SyncState, outcome: RunOutcome, now: string): SyncReport => ({
  ...outcome,
  trigger: run.trigger,
  attempt: run.attempt,
  requestedAt: run.requestedAt,
  startedAt: run.startedAt,
  endedAt: now,
  cursorBefore: state.cursor,
});

type Open = Extract<SyncState, { status: 'open' }>;

/** The end of a run and the start of the queued one are one append: no moment exists in which neither is true. */
const withQueued = (ended: SyncEvent, state: Open): readonly SyncEvent[] =>
  state.queued ? [ended, { type: 'SyncRequested', data: state.queued }] : [ended];

const completeSync = (command: CompleteSync, state: Open): readonly SyncEvent[] => {
  const report = reportOf(state.run, state, command.outcome, command.now);
  const { status, reasons } = command;
  return withQueued(
    { type: 'SyncCompleted', data: { ...contextOf(state.run), ...report, status, reasons } },
    state,
  );
};

const endWithError = (
  type: 'SyncFailed' | 'SyncTimedOut',
  command: { readonly errorMessage: string; readonly outcome: RunOutcome; readonly now: string },
  errorCode: string,
  state: Open,
): readonly SyncEvent[] => {
  const report = reportOf(state.run, state, { ...command.outcome, cursorAfter: state.cursor }, command.now);
  const data = { ...contextOf(state.run), ...report, errorCode, errorMessage: command.errorMessage };
  return withQueued({ type, data }, state);
};

/** The runs of one connection: at most one open, at most one queued, every request served once. */
export const sync: Decider<SyncState, SyncCommand, SyncEvent> = {
  category: 'sync',
  events: ['SyncRequested', 'SyncQueuedAgain', 'SyncStarted', 'SyncCompleted', 'SyncFailed', 'SyncTimedOut'],
  initialState: { status: 'idle', lastSlot: null, recentRequests: [], cursor: null },
  decide: (command, state) => {
    if (command.type === 'RequestSync') return requestSync(command, state);
    if (state.status === 'idle' || state.run.syncId !== command.syncId) return [];
    switch (command.type) {
      case 'StartSync': {
        const attempt = state.run.attempt + 1;
        return [{ type: 'SyncStarted', data: { ...contextOf(state.run), attempt, startedAt: command.now } }];
      }
      case 'CompleteSync':
        return command.attempt === state.run.attempt ? completeSync(command, state) : [];
      case 'FailSync':
        return command.attempt === state.run.attempt
          ? endWithError('SyncFailed', command, command.errorCode, state)
          : [];
      case 'TimeOutSync':
        return endWithError('SyncTimedOut', command, 'sync.timed-out', state);
    }
  },
  evolve: evolveSync,
};
