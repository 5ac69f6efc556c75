import type { Decider } from '#kernel';
import { evolveSync } from './evolve-sync.js';
import { heldUntil, isToCome, laterInstant, type Limit } from './pacing.js';
import { type RequestSync, requestSync } from './request-sync.js';
import type {
  LeftAlone,
  RefreshDecided,
  RefreshReport,
  RunProblem,
  SyncCompleted,
  SyncContext,
  SyncEvent,
  SyncJoined,
  SyncReport,
  SyncRequested,
  SyncSliceCompleted,
} from './sync.events.js';
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
  'trigger' | 'attempt' | 'requestedAt' | 'startedAt' | 'endedAt' | 'cursorBefore' | 'refresh'
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
  /** The provider, or our own care for it, allows nothing before: what comes by itself waits until then. */
  readonly nextAllowedAt?: string;
  /** The bank whose pause that is; absent: the provider said so. */
  readonly leftAlone?: LeftAlone;
  /** The run that takes this one up by itself, where none is queued anyway; a fresh id. Ignored after {@link MOST_FOLLOW_UPS}. */
  readonly followUp?: { readonly syncId: string; readonly notBefore: string };
  readonly now: string;
}

/** The provider has never been at the bank yet, as far as we know. */
export const NOT_REFRESHED_YET = 'provider.not-refreshed-yet';

/** A run that was stopped is taken up again so often by itself; then the schedule, a webhook or a person must ask. */
export const MOST_FOLLOW_UPS = 6;

/** Decided as nothing for an attempt that is no longer the one that counts, and for a run that has its answer. */
export interface DecideRefresh {
  readonly type: 'DecideRefresh';
  readonly syncId: string;
  readonly attempt: number;
  readonly refresh: Omit<RefreshDecided['data'], keyof SyncContext | 'attempt' | 'decidedAt'>;
  readonly now: string;
}

/** Decided as nothing for an attempt that is no longer the one that counts. */
export interface TimeOutSync {
  readonly type: 'TimeOutSync';
  readonly syncId: string;
  /** The one that is past its time; 0: none has begun. */
  readonly attempt: number;
  readonly errorMessage: string;
  readonly outcome: RunOutcome;
  readonly now: string;
}

/** The bank that the run waits for is left alone no longer. Decided as nothing for a run that waits for no bank. */
export interface EndWait {
  readonly type: 'EndWait';
  readonly syncId: string;
  readonly now: string;
}

export type SyncCommand =
  RequestSync | EndWait | StartSync | DecideRefresh | CompleteSlice | CompleteSync | FailSync | TimeOutSync;

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
  ...(run.refresh && { refresh: refreshOf(run.refresh) }),
});

const refreshOf = ({ outcome, code, nextAllowedAt }: RefreshReport): RefreshReport => ({
  outcome,
  code,
  nextAllowedAt,
});

type Open = Extract<SyncState, { status: 'open' }>;

/** The end of a run and the start of the queued one are one append: no moment exists in which neither is true. */
const withQueued = (
  ended: SyncEvent,
  { queued }: Open,
  now: string,
  limit: Limit & { readonly followUp?: number } = {},
): readonly SyncEvent[] => {
  if (!queued) return [ended];
  const held = heldUntil(queued, limit, now);
  const wait = isToCome(queued.notBefore, now) ? queued.notBefore : null;
  const more = held === null ? {} : { ...limit, followUp: limit.followUp ?? 1 };
  const data = { ...queued, notBefore: laterInstant(wait, held), ...more };
  return [ended, { type: 'SyncRequested', data }];
};

/** A run that was stopped is taken up by the queued one, else by one of its own: never by two. */
const stopped = (
  ended: SyncEvent,
  { nextAllowedAt, leftAlone, followUp, now }: FailSync,
  state: Open,
): readonly SyncEvent[] => {
  const nth = (state.run.followUp ?? 0) + 1;
  if (nextAllowedAt === undefined) return withQueued(ended, state, now);
  const because = leftAlone && { leftAlone };
  if (state.queued) return withQueued(ended, state, now, { nextAllowedAt, ...because, followUp: nth });
  if (!followUp || nth > MOST_FOLLOW_UPS) return [ended];
  const data: SyncRequested['data'] = {
    ...contextOf(state.run),
    syncId: followUp.syncId,
    trigger: 'schedule',
    causes: [{ requestId: followUp.syncId, trigger: 'schedule' }],
    attended: false,
    slot: null,
    requestedAt: now,
    notBefore: followUp.notBefore,
    nextAllowedAt: followUp.notBefore,
    ...because,
    followUp: nth,
  };
  return [ended, { type: 'SyncRequested', data }];
};

const failSync = (command: FailSync, state: Open): readonly SyncEvent[] => {
  const { errorCode, errorMessage, outcome, nextAllowedAt, leftAlone, now } = command;
  const report = reportOf(state.run, state, { ...outcome, cursorAfter: state.cursor }, now);
  const limit = nextAllowedAt === undefined ? {} : { nextAllowedAt, ...(leftAlone && { leftAlone }) };
  const data = { ...contextOf(state.run), ...report, errorCode, errorMessage, ...limit };
  return stopped({ type: 'SyncFailed', data }, command, state);
};

const endWait = (run: OpenRun, now: string): readonly SyncJoined[] => {
  if (run.attempt > 0 || !run.leftAlone || !isToCome(run.notBefore, now)) return [];
  const { trigger } = run;
  const none = { causes: [], attended: false, slot: null, requestedAt: now };
  return [{ type: 'SyncJoined', data: { ...contextOf(run), ...none, trigger, endsWait: true } }];
};

/** A success of which nothing proves that the bank was looked at is none. */
const proved = (
  { status, reasons, outcome: { refreshedAt, counts } }: CompleteSync,
  { provedRefresh }: Open,
): Pick<SyncCompleted['data'], 'status' | 'reasons' | 'evidence'> & {
  readonly problems?: readonly RunProblem[];
} => {
  if (status === 'partial') return { status, reasons };
  if (refreshedAt === null) {
    const unproved = { code: NOT_REFRESHED_YET, accountId: null, rowKey: null, count: 1, parameters: {} };
    return { status: 'partial', reasons: [NOT_REFRESHED_YET], problems: [unproved] };
  }
  // A provider that counts whole seconds may look twice within one: what it found the second time tells of it.
  const isChanged = counts.imported + counts.updated + counts.removed > 0;
  const isNewer =
    isChanged || provedRefresh === undefined || Date.parse(refreshedAt) > Date.parse(provedRefresh);
  return { status, reasons, evidence: { kind: isNewer ? 'newer-refresh' : 'nothing-new', refreshedAt } };
};

const completeSync = (command: CompleteSync, state: Open): readonly SyncEvent[] => {
  const report = reportOf(state.run, state, command.outcome, command.now);
  const data = { ...contextOf(state.run), ...report, ...proved(command, state) };
  return withQueued({ type: 'SyncCompleted', data }, state, command.now);
};

const timeOutSync = ({ errorMessage, outcome, now }: TimeOutSync, state: Open): readonly SyncEvent[] => {
  const report = reportOf(state.run, state, { ...outcome, cursorAfter: state.cursor }, now);
  const data = { ...contextOf(state.run), ...report, errorCode: 'sync.timed-out', errorMessage };
  return withQueued({ type: 'SyncTimedOut', data }, state, now);
};

/** The runs of one connection: at most one open, at most one queued, every request served once. */
export const sync: Decider<SyncState, SyncCommand, SyncEvent> = {
  category: 'sync',
  events: [
    'SyncRequested',
    'SyncQueuedAgain',
    'SyncJoined',
    'SyncStarted',
    'RefreshDecided',
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
      case 'EndWait':
        return endWait(state.run, command.now);
      case 'StartSync': {
        if (isToCome(state.run.notBefore, command.now)) return [];
        const attempt = state.run.attempt + 1;
        return [{ type: 'SyncStarted', data: { ...contextOf(state.run), attempt, startedAt: command.now } }];
      }
      case 'DecideRefresh': {
        const { attempt, refresh, now } = command;
        if (attempt !== state.run.attempt || state.run.refresh) return [];
        return [
          {
            type: 'RefreshDecided',
            data: { ...contextOf(state.run), ...refresh, attempt, decidedAt: now },
          },
        ];
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
        return command.attempt === state.run.attempt ? failSync(command, state) : [];
      case 'TimeOutSync':
        return command.attempt === state.run.attempt ? timeOutSync(command, state) : [];
    }
  },
  evolve: evolveSync,
};
