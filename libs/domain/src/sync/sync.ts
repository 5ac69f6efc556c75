import type { Decider } from '#kernel';
import { evolveSync } from './evolve-sync.js';
import { isToCome } from './pacing.js';
import { type RequestSync, requestSync } from './request-sync.js';
import type { SyncContext, SyncEvent, SyncReport, SyncSliceCompleted } from './sync.events.js';
import type { OpenRun, SyncState } from './sync.state.js';

export type { RequestSync } from './request-sync.js';

/** Decided as nothing while the run's `notBefore` is to come. */
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

/** Decided as nothing for an attempt that is no longer the one that counts. */
export interface CompleteSlice {
  readonly type: 'CompleteSlice';
  readonly syncId: string;
  readonly attempt: number;
  readonly slice: Omit<SyncSliceCompleted['data'], keyof SyncContext | 'attempt' | 'completedAt'>;
  readonly now: string;
}

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

export type SyncCommand = RequestSync | StartSync | CompleteSlice | CompleteSync | FailSync | TimeOutSync;

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
  cursorBefore: run.slices ? run.slices.cursorBefore : state.cursor,
});

type Open = Extract<SyncState, { status: 'open' }>;

/** The end of a run and the start of the queued one are one append: no moment exists in which neither is true. */
const withQueued = (ended: SyncEvent, { queued }: Open, now: string): readonly SyncEvent[] => {
  if (!queued) return [ended];
  const notBefore = isToCome(queued.notBefore, now) ? queued.notBefore : null;
  return [ended, { type: 'SyncRequested', data: { ...queued, notBefore } }];
};

const completeSync = (command: CompleteSync, state: Open): readonly SyncEvent[] => {
  const report = reportOf(state.run, state, command.outcome, command.now);
  const { status, reasons } = command;
  return withQueued(
    { type: 'SyncCompleted', data: { ...contextOf(state.run), ...report, status, reasons } },
    state,
    command.now,
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
  return withQueued({ type, data }, state, command.now);
};

/** The runs of one connection: at most one open, at most one queued, every request served once. */
export const sync: Decider<SyncState, SyncCommand, SyncEvent> = {
  category: 'sync',
  events: [
    'SyncRequested',
    'SyncQueuedAgain',
    'SyncJoined',
    'SyncStarted',
    'SyncSliceCompleted',
    'SyncCompleted',
    'SyncFailed',
    'SyncTimedOut',
  ],
  initialState: {
    status: 'idle',
    lastSlot: null,
    served: [],
    cursor: null,
    lastWebhookStart: null,
    firstRequestedAt: null,
    linkedAt: null,
  },
  decide: (command, state) => {
    if (command.type === 'RequestSync') return requestSync(command, state);
    if (state.status === 'idle' || state.run.syncId !== command.syncId) return [];
    switch (command.type) {
      case 'StartSync': {
        if (isToCome(state.run.notBefore, command.now)) return [];
        const attempt = state.run.attempt + 1;
        return [{ type: 'SyncStarted', data: { ...contextOf(state.run), attempt, startedAt: command.now } }];
      }
      case 'CompleteSlice': {
        const { attempt, slice, now } = command;
        if (attempt !== state.run.attempt) return [];
        const data = { ...contextOf(state.run), ...slice, attempt, completedAt: now };
        return [{ type: 'SyncSliceCompleted', data }];
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
