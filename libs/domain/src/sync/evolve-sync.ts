import type { SyncCause, SyncEvent, SyncJoined, SyncQueuedAgain } from './sync.events.js';
import { type OpenRun, type QueuedRun, REMEMBERED_REQUESTS, type SyncState } from './sync.state.js';

const later = (a: string | null, b: string | null): string | null =>
  a !== null && (b === null || a > b) ? a : b;

/** What outlives a run. */
const memoryOf = ({ lastSlot, recentRequests, cursor, lastWebhookStart }: SyncState) => ({
  lastSlot,
  recentRequests,
  cursor,
  lastWebhookStart,
});

const remember = (state: SyncState, syncId: string, causes: readonly SyncCause[], slot: string | null) => {
  const known = new Set(state.recentRequests.map(({ requestId }) => requestId));
  const added = causes.filter(({ requestId }) => !known.has(requestId));
  return {
    ...memoryOf(state),
    lastSlot: later(state.lastSlot, slot),
    recentRequests: [...state.recentRequests, ...added.map(({ requestId }) => ({ requestId, syncId }))].slice(
      -REMEMBERED_REQUESTS,
    ),
  };
};

const joined = <Run extends QueuedRun>(
  run: Run,
  data: (SyncQueuedAgain | SyncJoined)['data'],
  notBefore: string | null,
): Run => ({
  ...run,
  trigger: data.trigger,
  causes: [...run.causes, ...data.causes].slice(-REMEMBERED_REQUESTS),
  attended: run.attended || data.attended,
  slot: later(run.slot, data.slot),
  notBefore,
});

const ended = (state: SyncState, cursor: string | null): SyncState => ({
  ...memoryOf(state),
  status: 'idle',
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
      const { data } = event;
      const memory = remember(state, data.syncId, data.causes, data.slot);
      const queued = state.queued ? joined(state.queued, data, data.notBefore) : data;
      return { ...state, ...memory, queued };
    }
    case 'SyncJoined': {
      if (state.status === 'idle') return state;
      const { data } = event;
      const memory = remember(state, data.syncId, data.causes, data.slot);
      const run = joined(state.run, data, data.endsWait ? null : state.run.notBefore);
      return { ...state, ...memory, run };
    }
    case 'SyncStarted': {
      if (state.status === 'idle') return state;
      const { attempt, startedAt } = event.data;
      const isPaced = state.run.trigger === 'webhook' && state.run.startedAt === null;
      return {
        ...state,
        lastWebhookStart: isPaced ? startedAt : state.lastWebhookStart,
        run: { ...state.run, attempt, startedAt: state.run.startedAt ?? startedAt },
      };
    }
    case 'SyncCompleted':
      return ended(state, event.data.cursorAfter);
    case 'SyncFailed':
    case 'SyncTimedOut':
      return ended(state, state.cursor);
  }
};
