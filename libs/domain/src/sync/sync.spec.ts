import { describe, expect, it } from 'vitest';
import { given, stateAfter } from '#testing';
import { type RequestSync, type RunOutcome, sync } from './sync.js';
import type { SyncCompleted, SyncEvent, SyncQueuedAgain, SyncRequested, SyncStarted } from './sync.events.js';
import { REMEMBERED_REQUESTS, runOfRequest } from './sync.state.js';

const NOW = '2026-06-01T08:00:00.000Z';
const LATER = '2026-06-01T08:05:00.000Z';
const owner = { connectionId: 'c1', tenantId: 't1', companyId: 'co1' };

const request = (requestId: string, more: Partial<RequestSync> = {}): RequestSync => ({
  type: 'RequestSync',
  ...owner,
  trigger: 'webhook',
  requestId,
  syncId: `run-${requestId}`,
  slot: null,
  now: NOW,
  ...more,
});
const requested = (requestId: string, more: Partial<SyncRequested['data']> = {}): SyncRequested => ({
  type: 'SyncRequested',
  data: {
    syncId: `run-${requestId}`,
    ...owner,
    trigger: 'webhook',
    causes: [{ requestId, trigger: 'webhook' }],
    attended: false,
    slot: null,
    requestedAt: NOW,
    ...more,
  },
});
const queued = (
  syncId: string,
  requestId: string,
  more: Partial<SyncQueuedAgain['data']> = {},
): SyncQueuedAgain => ({
  type: 'SyncQueuedAgain',
  data: {
    syncId,
    ...owner,
    cause: { requestId, trigger: 'webhook' },
    attended: false,
    slot: null,
    requestedAt: NOW,
    ...more,
  },
});
const started = (attempt: number, startedAt = NOW): SyncStarted => ({
  type: 'SyncStarted',
  data: { syncId: 'run-a', ...owner, attempt, startedAt },
});
const outcome: RunOutcome = {
  windowFrom: '2026-03-03',
  windowTo: '2026-06-01',
  counts: { imported: 3, updated: 1, removed: 0, skipped: 2, failed: 1 },
  failures: [{ rowKey: 'r9', providerAccountId: 'a1', reason: 'bad-date', field: 'date' }],
  accountIds: ['acc1'],
  pages: 2,
  calls: 3,
  cursorAfter: 'cursor-1',
  refreshedAt: '2026-06-01T07:00:00Z',
};
const complete = {
  type: 'CompleteSync',
  syncId: 'run-a',
  attempt: 1,
  status: 'partial',
  reasons: ['rows.unreadable'],
  outcome,
  now: LATER,
} as const;
const fail = {
  type: 'FailSync',
  syncId: 'run-a',
  attempt: 1,
  errorCode: 'powens.unavailable',
  errorMessage: 'The bank does not answer.',
  outcome,
  now: LATER,
} as const;
const timeOut = {
  type: 'TimeOutSync',
  syncId: 'run-a',
  errorMessage: 'The run was past its deadline.',
  outcome,
  now: LATER,
} as const;
const report = {
  syncId: 'run-a',
  ...owner,
  ...outcome,
  trigger: 'webhook',
  attempt: 1,
  requestedAt: NOW,
  startedAt: NOW,
  endedAt: LATER,
  cursorBefore: null,
} as const;
const completed: SyncCompleted = {
  type: 'SyncCompleted',
  data: { ...report, status: 'partial', reasons: ['rows.unreadable'] },
};

describe('a request', () => {
  it('starts a run where none is open', () => {
    given(sync).when(request('a')).thenEvents(requested('a'));
    given(sync, requested('a'), started(1), completed).when(request('b')).thenEvents(requested('b'));
  });

  it.each([
    ['manual', true],
    ['link', true],
    ['schedule', false],
    ['webhook', false],
  ] as const)('by %s has a person waiting: %s', (trigger, attended) => {
    given(sync)
      .when(request('a', { trigger }))
      .thenEvents(requested('a', { trigger, attended, causes: [{ requestId: 'a', trigger }] }));
  });

  it('that was served is recognised, whether its run is open, queued or over', () => {
    const history = [requested('a'), queued('run-b', 'b'), queued('run-b', 'c')] as const;
    for (const repeated of ['a', 'b', 'c']) {
      given(sync, ...history)
        .when(request(repeated))
        .thenNothing();
      given(sync, ...history, started(1), completed)
        .when(request(repeated))
        .thenNothing();
    }
    const state = stateAfter(sync, ...history);
    expect(['a', 'b', 'c', 'd'].map((id) => runOfRequest(state, id))).toEqual([
      'run-a',
      'run-b',
      'run-b',
      undefined,
    ]);
  });

  it('while a run is open joins the one that follows, however many they are (pain A6)', () => {
    given(sync, requested('a')).when(request('b')).thenEvents(queued('run-b', 'b'));
    given(sync, requested('a'), queued('run-b', 'b'))
      .when(request('c', { now: LATER }))
      .thenEvents(queued('run-b', 'c', { requestedAt: LATER }));
  });

  it('of a person makes the queued run attended and manual', () => {
    const byPerson = queued('run-b', 'c', { attended: true, cause: { requestId: 'c', trigger: 'manual' } });
    const history = [requested('a'), queued('run-b', 'b'), byPerson, queued('run-b', 'd')] as const;
    given(sync, ...history.slice(0, 2))
      .when(request('c', { trigger: 'manual' }))
      .thenEvents(byPerson);
    const causes = [
      { requestId: 'b', trigger: 'webhook' },
      { requestId: 'c', trigger: 'manual' },
      { requestId: 'd', trigger: 'webhook' },
    ] as const;
    given(sync, ...history, started(1))
      .when(complete)
      .thenEvents(completed, requested('b', { trigger: 'manual', attended: true, causes }));
  });

  it('is remembered once, also when its run moves up', () => {
    const state = stateAfter(
      sync,
      requested('a'),
      queued('run-b', 'b'),
      started(1),
      completed,
      requested('b'),
    );
    expect(state.recentRequests).toEqual([
      { requestId: 'a', syncId: 'run-a' },
      { requestId: 'b', syncId: 'run-b' },
    ]);
  });

  it('that opened the run is recognised even after so many others that it was forgotten', () => {
    const others = Array.from({ length: REMEMBERED_REQUESTS + 1 }, (_, i) => queued('run-b', `b${i}`));
    const history: readonly SyncEvent[] = [requested('a'), queued('run-b', 'b'), ...others];
    expect(runOfRequest(stateAfter(sync, ...history), 'a')).toBeUndefined();
    given(sync, ...history)
      .when(request('a'))
      .thenNothing();
    given(sync, ...history)
      .when(request('b'))
      .thenNothing();
  });
});

const daily = (day: string, requestId: string) =>
  request(requestId, { trigger: 'schedule', slot: `2026-06-${day}T02:00` });

describe('a slot of the schedule', () => {
  const first = requested('a', {
    trigger: 'schedule',
    slot: '2026-06-02T02:00',
    causes: [{ requestId: 'a', trigger: 'schedule' }],
  });

  it('is served once, whoever announces it', () => {
    given(sync).when(daily('02', 'a')).thenEvents(first);
    given(sync, first).when(daily('02', 'b')).thenNothing();
    given(sync, first, started(1), completed).when(daily('02', 'b')).thenNothing();
  });

  it('that is older than one that was served is past', () => {
    given(sync, first, started(1), completed).when(daily('01', 'b')).thenNothing();
  });

  it('that follows is served', () => {
    const history = [first, started(1), completed];
    const slot = '2026-06-03T02:00';
    given(sync, ...history)
      .when(daily('03', 'b'))
      .thenEvents(
        requested('b', { trigger: 'schedule', slot, causes: [{ requestId: 'b', trigger: 'schedule' }] }),
      );
  });

  it('is served by the queued run as well', () => {
    const joined = queued('run-b', 'b', {
      slot: '2026-06-02T02:00',
      cause: { requestId: 'b', trigger: 'schedule' },
    });
    given(sync, requested('a')).when(daily('02', 'b')).thenEvents(joined);
    given(sync, requested('a'), joined).when(daily('02', 'c')).thenNothing();
  });
});

describe('an attempt', () => {
  const start = { type: 'StartSync', syncId: 'run-a', now: NOW } as const;

  it('is counted, and the run started with the first', () => {
    given(sync, requested('a')).when(start).thenEvents(started(1));
    given(sync, requested('a'), started(1))
      .when({ ...start, now: LATER })
      .thenEvents(started(2, LATER));
    given(sync, requested('a'), started(1), started(2, LATER))
      .when({ ...complete, attempt: 2 })
      .thenEvents({ ...completed, data: { ...completed.data, attempt: 2, startedAt: NOW } });
  });

  it('that is not the current one can finish nothing', () => {
    const history = [requested('a'), started(1), started(2)];
    given(sync, ...history)
      .when(complete)
      .thenNothing();
    given(sync, ...history)
      .when(fail)
      .thenNothing();
  });

  it('of a run that is over or of another run does nothing', () => {
    const over = [requested('a'), started(1), completed];
    for (const command of [start, complete, fail, timeOut]) {
      given(sync, ...over)
        .when(command)
        .thenNothing();
      given(sync, ...over, requested('b'))
        .when(command)
        .thenNothing();
      given(sync).when(command).thenNothing();
    }
  });
});

describe('the end', () => {
  const failed: SyncEvent = {
    type: 'SyncFailed',
    data: {
      ...report,
      cursorAfter: null,
      errorCode: 'powens.unavailable',
      errorMessage: 'The bank does not answer.',
    },
  };
  const timedOut: SyncEvent = {
    type: 'SyncTimedOut',
    data: {
      ...report,
      cursorAfter: null,
      errorCode: 'sync.timed-out',
      errorMessage: 'The run was past its deadline.',
    },
  };
  const open = [requested('a'), started(1)];

  it('of a success or a partial success carries the whole report', () => {
    given(sync, ...open)
      .when(complete)
      .thenEvents(completed);
  });

  it('of a failure and of a time-out carries it as well, and moves no cursor', () => {
    given(sync, ...open)
      .when(fail)
      .thenEvents(failed);
    given(sync, ...open)
      .when(timeOut)
      .thenEvents(timedOut);
  });

  it('by the deadline needs no worker that ever started (pain F3)', () => {
    given(sync, requested('a'))
      .when(timeOut)
      .thenEvents({ ...timedOut, data: { ...timedOut.data, attempt: 0, startedAt: null } });
  });

  it('keeps the cursor of the last run that was complete', () => {
    const history = [...open, completed, requested('b')];
    const state = stateAfter(sync, ...history, { ...timedOut, data: { ...timedOut.data, syncId: 'run-b' } });
    expect(state.cursor).toBe('cursor-1');
    const second = { ...fail, syncId: 'run-b', attempt: 0 };
    expect(sync.decide(second, stateAfter(sync, ...history))).toMatchObject([
      { data: { cursorBefore: 'cursor-1', cursorAfter: 'cursor-1' } },
    ]);
  });

  it('and the start of the queued run are one append', () => {
    const waiting = [...open, queued('run-b', 'b')];
    given(sync, ...waiting)
      .when(complete)
      .thenEvents(completed, requested('b'));
    given(sync, ...waiting)
      .when(fail)
      .thenEvents(failed, requested('b'));
    given(sync, ...waiting)
      .when(timeOut)
      .thenEvents(timedOut, requested('b'));
  });
});
