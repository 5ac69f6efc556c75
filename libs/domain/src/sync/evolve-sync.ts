import type { LeftAlone, SyncCause, SyncEvent, SyncJoined, SyncQueuedAgain } from './sync.events.js';
import {
  LISTED_CAUSES,
  type OpenRun,
  type QueuedRun,
  REMEMBERED_REQUESTS,
  type ServedRequests,
  type SyncState,
} from './sync.state.js';

const later = (a: string | null, b: string | null): string | null =>
  a !== null && (b === null || a > b) ? a : b;

/** What outlives a run. */
const memoryOf = (state: SyncState) => {
  const { lastSlot, served, cursor, lastWebhookStart, firstRequestedAt, linkedAt } = state;
  const { limitedUntil, leftAlone, lastRefresh, provedRefresh, refreshes } = state;
  return {
    lastSlot,
    served,
    cursor,
    lastWebhookStart,
    firstRequestedAt,
    linkedAt,
    ...(limitedUntil !== undefined && { limitedUntil }),
    ...(leftAlone && { leftAlone }),
    ...(lastRefresh && { lastRefresh }),
    ...(provedRefresh !== undefined && { provedRefresh }),
    ...(refreshes && { refreshes }),
  };
};

/** As many as tell the rhythm of a connection. */
const REFRESHES_KEPT = 20;

const withRefresh = (state: SyncState, refreshedAt: string | null): SyncState => {
  const { refreshes = [] } = state;
  return refreshedAt === null || refreshes.includes(refreshedAt)
    ? state
    : { ...state, refreshes: [...refreshes, refreshedAt].slice(-REFRESHES_KEPT) };
};

/** A person who asked for the run may be waiting for it. */
const attendedSince = ({ attended, requestedAt }: { attended: boolean; requestedAt: string }) =>
  attended ? { attendedAt: requestedAt } : {};

/** Forgets the oldest requests beyond those that must be remembered; a run of which none is left goes with them. */
const trimmed = (served: readonly ServedRequests[]): readonly ServedRequests[] => {
  let left = REMEMBERED_REQUESTS;
  const kept: ServedRequests[] = [];
  for (const { syncId, requestIds } of served.toReversed()) {
    if (left <= 0) break;
    kept.push({ syncId, requestIds: requestIds.slice(-left) });
    left -= requestIds.length;
  }
  return kept.toReversed();
};

/** What all events that carry requests have in common. */
interface Requests {
  readonly syncId: string;
  readonly causes: readonly SyncCause[];
  readonly slot: string | null;
  readonly requestedAt: string;
}

const remember = (state: SyncState, { syncId, causes, slot, requestedAt }: Requests) => {
  const added = causes.map(({ requestId }) => requestId);
  const last = state.served.at(-1);
  const served: readonly ServedRequests[] =
    last?.syncId === syncId
      ? [...state.served.slice(0, -1), { syncId, requestIds: [...last.requestIds, ...added] }]
      : [...state.served, { syncId, requestIds: added }];
  const isLink = causes.some(({ trigger }) => trigger === 'link');
  return {
    ...memoryOf(state),
    lastSlot: later(state.lastSlot, slot),
    served: trimmed(served),
    firstRequestedAt: state.firstRequestedAt ?? requestedAt,
    linkedAt: isLink ? later(requestedAt, state.linkedAt) : state.linkedAt,
    ...(isLink && { refreshes: [] }),
  };
};

const joined = <Run extends QueuedRun>(
  run: Run,
  data: (SyncQueuedAgain | SyncJoined)['data'],
  notBefore: string | null,
): Run => ({
  ...run,
  trigger: data.trigger,
  causes: [...run.causes, ...data.causes].slice(-LISTED_CAUSES),
  attended: run.attended || data.attended,
  slot: later(run.slot, data.slot),
  notBefore,
  ...(data.told && { told: data.told }),
  ...attendedSince(data),
});

/** @param limit as the end of the run said: an older word is no longer true */
const ended = (
  state: SyncState,
  cursor: string | null,
  { nextAllowedAt: limitedUntil, leftAlone }: { nextAllowedAt?: string; leftAlone?: LeftAlone } = {},
): SyncState => {
  const { limitedUntil: _, leftAlone: __, ...memory } = memoryOf(state);
  const limit = { ...(limitedUntil !== undefined && { limitedUntil }), ...(leftAlone && { leftAlone }) };
  return { ...memory, ...limit, status: 'idle', cursor };
};

export const evolveSync = (state: SyncState, event: SyncEvent): SyncState => {
  switch (event.type) {
    case 'SyncRequested': {
      const { data } = event;
      const run: OpenRun = { ...attendedSince(data), ...data, attempt: 0, startedAt: null, slices: null };
      // Its requests are known when it was queued before: they came last.
      const causes = state.served.at(-1)?.syncId === data.syncId ? [] : data.causes;
      return { ...remember(state, { ...data, causes }), status: 'open', run, queued: null };
    }
    case 'SyncQueuedAgain': {
      if (state.status === 'idle') return state;
      const { data } = event;
      const memory = remember(state, data);
      const queued = state.queued
        ? joined(state.queued, data, data.notBefore)
        : { ...data, ...attendedSince(data) };
      return { ...state, ...memory, queued };
    }
    case 'SyncJoined': {
      if (state.status === 'idle') return state;
      const { data } = event;
      const memory = remember(state, data);
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
    case 'RefreshDecided': {
      if (state.status === 'idle') return state;
      const { outcome, code, nextAllowedAt, attempt, refreshedBefore, decidedAt } = event.data;
      const refresh = { outcome, code, nextAllowedAt, attempt, refreshedBefore };
      return { ...state, lastRefresh: { decidedAt, nextAllowedAt }, run: { ...state.run, refresh } };
    }
    case 'SyncSliceCompleted': {
      if (state.status === 'idle') return state;
      const { cursor, tally, slices } = event.data;
      const cursorBefore = state.run.slices ? state.run.slices.cursorBefore : state.cursor;
      return { ...state, cursor, run: { ...state.run, slices: { done: slices.done, tally, cursorBefore } } };
    }
    case 'SyncCompleted': {
      const { cursorAfter, status, refreshedAt } = event.data;
      const after = withRefresh(ended(state, cursorAfter), refreshedAt);
      return status === 'success' && refreshedAt !== null ? { ...after, provedRefresh: refreshedAt } : after;
    }
    case 'SyncFailed':
      return ended(state, state.cursor, event.data);
    case 'SyncTimedOut':
      return ended(state, state.cursor);
  }
};
