import type { SyncCause, SyncEvent, SyncQueuedAgain, SyncTrigger } from './sync.events.js';
import { type OpenRun, type QueuedRun, REMEMBERED_REQUESTS, type SyncState } from './sync.state.js';

const later = (a: string | null, b: string | null): string | null =>
  a !== null && (b === null || a > b) ? a : b;

const remember = (state: SyncState, syncId: string, causes: readonly SyncCause[], slot: string | null) => {
  const known = new Set(state.recentRequests.map(({ requestId }) => requestId));
  const added = causes.filter(({ requestId }) => !known.has(requestId));
  return {
    lastSlot: later(state.lastSlot, slot),
    recentRequests: [...state.recentRequests, ...added.map(({ requestId }) => ({ requestId, syncId }))].slice(
      -REMEMBERED_REQUESTS,
    ),
    cursor: state.cursor,
  };
};

/** A person's request gives the run its trigger: that is what history shows and what priority follows. */
const triggerOf = (queued: QueuedRun, cause: SyncCause): SyncTrigger =>
  cause.trigger === 'manual' ? 'manual' : queued.trigger;

const joinQueue = (queued: QueuedRun | null, data: SyncQueuedAgain['data']): QueuedRun => {
  const { cause, ...rest } = data;
  if (!queued) return { ...rest, trigger: cause.trigger, causes: [cause] };
  return {
    ...queued,
    trigger: triggerOf(queued, cause),
    causes: [...queued.causes, cause].slice(-REMEMBERED_REQUESTS),
    attended: queued.attended || data.attended,
    slot: later(queued.slot, data.slot),
  };
};

const ended = (state: SyncState, cursor: string | null): SyncState => ({
  status: 'idle',
  lastSlot: state.lastSlot,
  recentRequests: state.recentRequests,
  cursor,
});

export const evolveSync = (state: SyncState, event: SyncEvent): SyncState => {
  switch (event.type) {
    case 'SyncRequested': {
      const { data } = event;
      const run: OpenRun = { ...data, attempt: 0, startedAt: null };
      return { ...remember(state, data.syncId, data.causes, data.slot), status: 'open', run, queued: null };
    }
    case 'SyncQueuedAgain': {
      if (state.status === 'idle') return state;
      const memory = remember(state, event.data.syncId, [event.data.cause], event.data.slot);
      return { ...state, ...memory, queued: joinQueue(state.queued, event.data) };
    }
    case 'SyncStarted': {
      if (state.status === 'idle') return state;
      const { attempt, startedAt } = event.data;
      return { ...state, run: { ...state.run, attempt, startedAt: state.run.startedAt ?? startedAt } };
    }
    case 'SyncCompleted':
      return ended(state, event.data.cursorAfter);
    case 'SyncFailed':
    case 'SyncTimedOut':
      return ended(state, state.cursor);
  }
};
