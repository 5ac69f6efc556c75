import { describe, expect, it } from 'vitest';
import { given, stateAfter } from '#testing';
import { MOST_FOLLOW_UPS, type RequestSync, type RunOutcome, sync } from './sync.js';
import type {
  RefreshDecided,
  SyncCompleted,
  SyncEvent,
  SyncJoined,
  SyncQueuedAgain,
  SyncRequested,
  SyncSliceCompleted,
  SyncStarted,
} from './sync.events.js';
import { REMEMBERED_REQUESTS, runOfRequest } from './sync.state.js';

const NOW = '2026-06-01T08:00:00.000Z';
const LATER = '2026-06-01T08:05:00.000Z';
const at = (second: number): string => new Date(Date.parse(NOW) + second * 1_000).toISOString();
const owner = { connectionId: 'c1', tenantId: 't1', companyId: 'co1' };

const request = (requestId: string, more: Partial<RequestSync> = {}): RequestSync => ({
  type: 'RequestSync',
  ...owner,
  trigger: 'webhook',
  requestIds: [requestId],
  syncId: `run-${requestId}`,
  slot: null,
  webhookIntervalMs: 0,
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
    notBefore: null,
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
    causes: [{ requestId, trigger: 'webhook' }],
    trigger: 'webhook',
    attended: false,
    slot: null,
    requestedAt: NOW,
    notBefore: null,
    ...more,
  },
});
const joined = (syncId: string, requestId: string, more: Partial<SyncJoined['data']> = {}): SyncJoined => ({
  type: 'SyncJoined',
  data: {
    syncId,
    ...owner,
    causes: [{ requestId, trigger: 'webhook' }],
    trigger: 'webhook',
    attended: false,
    slot: null,
    requestedAt: NOW,
    endsWait: false,
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
  gaps: [],
  problems: [],
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
  attempt: 1,
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
    const history = [
      requested('a'),
      joined('run-a', 'j'),
      started(1),
      queued('run-b', 'b'),
      queued('run-b', 'c'),
    ];
    for (const repeated of ['a', 'j', 'b', 'c']) {
      given(sync, ...history)
        .when(request(repeated))
        .thenNothing();
      given(sync, ...history, completed)
        .when(request(repeated))
        .thenNothing();
    }
    const state = stateAfter(sync, ...history);
    expect(['a', 'j', 'b', 'c', 'd'].map((id) => runOfRequest(state, id))).toEqual([
      'run-a',
      'run-a',
      'run-b',
      'run-b',
      undefined,
    ]);
  });

  it('joins the open run as long as that has read nothing', () => {
    given(sync, requested('a')).when(request('b')).thenEvents(joined('run-a', 'b'));
    given(sync, requested('a'), joined('run-a', 'b'))
      .when(request('c', { now: LATER }))
      .thenEvents(joined('run-a', 'c', { requestedAt: LATER }));
  });

  it('while a run reads joins the one that follows, however many they are (pain A6)', () => {
    given(sync, requested('a'), started(1)).when(request('b')).thenEvents(queued('run-b', 'b'));
    given(sync, requested('a'), started(1), queued('run-b', 'b'))
      .when(request('c', { now: LATER }))
      .thenEvents(queued('run-b', 'c', { requestedAt: LATER }));
  });

  it('may bring several at once, of which those that were served are left out', () => {
    const several = request('b', { requestIds: ['a', 'b', 'c', 'b'] });
    const causes = [
      { requestId: 'b', trigger: 'webhook' },
      { requestId: 'c', trigger: 'webhook' },
    ] as const;
    given(sync, requested('a'), started(1))
      .when(several)
      .thenEvents(queued('run-b', 'b', { causes }));
    given(sync, requested('a'), started(1), queued('run-b', 'b', { causes }))
      .when({ ...several, syncId: 'run-x' })
      .thenNothing();
  });

  it('of a person makes the run that it joins attended and manual', () => {
    const byPerson = {
      attended: true,
      trigger: 'manual',
      causes: [{ requestId: 'c', trigger: 'manual' }],
    } as const;
    given(sync, requested('a'))
      .when(request('c', { trigger: 'manual' }))
      .thenEvents(joined('run-a', 'c', byPerson));
    const history = [
      requested('a'),
      started(1),
      queued('run-b', 'b'),
      queued('run-b', 'c', byPerson),
      queued('run-b', 'd', { trigger: 'manual' }),
    ] as const;
    given(sync, ...history.slice(0, 3))
      .when(request('c', { trigger: 'manual' }))
      .thenEvents(history[3]);
    given(sync, ...history.slice(0, 4))
      .when(request('d'))
      .thenEvents(history[4]);
    const causes = [
      { requestId: 'b', trigger: 'webhook' },
      { requestId: 'c', trigger: 'manual' },
      { requestId: 'd', trigger: 'webhook' },
    ] as const;
    given(sync, ...history)
      .when(complete)
      .thenEvents(completed, requested('b', { trigger: 'manual', attended: true, attendedAt: NOW, causes }));
  });

  it('is remembered once, also when its run moves up', () => {
    const state = stateAfter(
      sync,
      requested('a'),
      started(1),
      queued('run-b', 'b'),
      completed,
      requested('b'),
    );
    expect(state.served).toEqual([
      { syncId: 'run-a', requestIds: ['a'] },
      { syncId: 'run-b', requestIds: ['b'] },
    ]);
  });

  it('that opened the run is recognised even after so many others that it was forgotten', () => {
    const others = Array.from({ length: REMEMBERED_REQUESTS + 1 }, (_, i) => queued('run-b', `b${i}`));
    const history: readonly SyncEvent[] = [requested('a'), started(1), queued('run-b', 'b'), ...others];
    expect(runOfRequest(stateAfter(sync, ...history), 'a')).toBeUndefined();
    given(sync, ...history)
      .when(request('a'))
      .thenNothing();
    given(sync, ...history)
      .when(request('b'))
      .thenNothing();
  });
});

describe('runs that webhooks alone ask for', () => {
  const paced = (requestId: string, second: number, more: Partial<RequestSync> = {}) =>
    request(requestId, { webhookIntervalMs: 10_000, now: at(second), ...more });
  const over = [requested('a'), started(1), completed];
  const waiting = requested('b', { requestedAt: at(3), notBefore: at(10) });

  it('start at once after a quiet time, and otherwise an interval after the last such start', () => {
    given(sync).when(paced('a', 0)).thenEvents(requested('a'));
    given(sync, ...over)
      .when(paced('b', 3))
      .thenEvents(waiting);
    given(sync, ...over)
      .when(paced('b', 10))
      .thenEvents(requested('b', { requestedAt: at(10) }));
  });

  it('wait where many are asked for at once, and not where others ask or none are paced', () => {
    const webhookNotBefore = at(5);
    const wait = { webhookNotBefore };
    given(sync)
      .when(paced('a', 4, wait))
      .thenEvents(requested('a', { requestedAt: at(4), notBefore: at(5) }));
    given(sync, ...over)
      .when(paced('b', 3, wait))
      .thenEvents(waiting);
    given(sync)
      .when(paced('a', 5, wait))
      .thenEvents(requested('a', { requestedAt: at(5) }));
    given(sync)
      .when(paced('a', 4, { ...wait, webhookIntervalMs: 0 }))
      .thenEvents(requested('a', { requestedAt: at(4) }));
    const schedule = { trigger: 'schedule', causes: [{ requestId: 'a', trigger: 'schedule' }] } as const;
    given(sync)
      .when(paced('a', 4, { ...wait, trigger: 'schedule' }))
      .thenEvents(requested('a', { ...schedule, requestedAt: at(4) }));
  });

  it('do not start before', () => {
    const start = { type: 'StartSync', syncId: 'run-b' } as const;
    given(sync, ...over, waiting)
      .when({ ...start, now: at(9) })
      .thenNothing();
    given(sync, ...over, waiting)
      .when({ ...start, now: at(10) })
      .thenEvents({
        type: 'SyncStarted',
        data: { syncId: 'run-b', ...owner, attempt: 1, startedAt: at(10) },
      });
  });

  it('wait also when they follow one another', () => {
    const next = queued('run-b', 'b', { requestedAt: at(3), notBefore: at(10) });
    given(sync, requested('a'), started(1)).when(paced('b', 3)).thenEvents(next);
    given(sync, requested('a'), started(1), next)
      .when({ ...complete, now: at(4) })
      .thenEvents({ ...completed, data: { ...completed.data, endedAt: at(4) } }, waiting);
    given(sync, requested('a'), started(1), next)
      .when({ ...complete, now: at(11) })
      .thenEvents(
        { ...completed, data: { ...completed.data, endedAt: at(11) } },
        requested('b', { requestedAt: at(3) }),
      );
  });

  it.each(['manual', 'link', 'schedule'] as const)('wait no longer once %s asks as well', (trigger) => {
    const attended = trigger !== 'schedule';
    const more = { trigger, attended, causes: [{ requestId: 'c', trigger }], requestedAt: at(4) };
    given(sync, ...over, waiting)
      .when(paced('c', 4, { trigger }))
      .thenEvents(joined('run-b', 'c', { ...more, endsWait: true }));
    const next = queued('run-b', 'b', { requestedAt: at(3), notBefore: at(10) });
    given(sync, requested('a'), started(1), next)
      .when(paced('c', 4, { trigger }))
      .thenEvents(queued('run-b', 'c', { ...more, notBefore: null }));
    const free = stateAfter(sync, ...over, waiting, joined('run-b', 'c', { ...more, endsWait: true }));
    expect(free).toMatchObject({ run: { notBefore: null, trigger } });
    expect(sync.decide({ type: 'StartSync', syncId: 'run-b', now: at(4) }, free)).toHaveLength(1);
  });

  it('keep waiting when another webhook joins', () =>
    given(sync, ...over, waiting)
      .when(paced('c', 4))
      .thenEvents(joined('run-b', 'c', { requestedAt: at(4) })));

  it('are not held up by runs that others asked for', () => {
    const manual = requested('a', { trigger: 'manual', attended: true });
    given(sync, manual, started(1), completed)
      .when(paced('b', 3))
      .thenEvents(requested('b', { requestedAt: at(3) }));
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
    const next = queued('run-b', 'b', {
      slot: '2026-06-02T02:00',
      trigger: 'schedule',
      causes: [{ requestId: 'b', trigger: 'schedule' }],
    });
    given(sync, requested('a'), started(1)).when(daily('02', 'b')).thenEvents(next);
    given(sync, requested('a'), started(1), next).when(daily('02', 'c')).thenNothing();
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

  it('by the deadline is that of the attempt alone that is past it', () => {
    given(sync, ...open, started(2))
      .when(timeOut)
      .thenNothing();
    given(sync, ...open)
      .when({ ...timeOut, attempt: 0 })
      .thenNothing();
  });

  it('by the deadline needs no worker that ever started (pain F3)', () => {
    given(sync, requested('a'))
      .when({ ...timeOut, attempt: 0 })
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

describe('a slice of a run', () => {
  const tally = { readable: 5, failed: 1, failures: outcome.failures, pages: 1, calls: 3 };
  const slice = {
    from: '2026-03-03',
    to: null,
    readFrom: '2026-03-03',
    slices: { done: 1, left: 2 },
    tally,
    cursor: 'cursor-of-slice',
  };
  const command = { type: 'CompleteSlice', syncId: 'run-a', attempt: 1, slice, now: NOW } as const;
  const finished: SyncSliceCompleted = {
    type: 'SyncSliceCompleted',
    data: { syncId: 'run-a', ...owner, attempt: 1, ...slice, completedAt: NOW },
  };

  it('is proved whatever becomes of the run', () => {
    given(sync, requested('a'), started(1)).when(command).thenEvents(finished);
    for (const end of [fail, timeOut] as const) {
      const history = [requested('a'), started(1), finished];
      const [ended] = sync.decide(end, stateAfter(sync, ...history));
      if (!ended) throw new Error('It did not end.');
      expect(ended.data).toMatchObject({ cursorBefore: null, cursorAfter: 'cursor-of-slice' });
      expect(stateAfter(sync, ...history, ended).cursor).toBe('cursor-of-slice');
    }
  });

  it('is where the next attempt goes on, with what was counted', () =>
    expect(stateAfter(sync, requested('a'), started(1), finished, started(2))).toMatchObject({
      cursor: 'cursor-of-slice',
      run: { attempt: 2, slices: { done: 1, tally, cursorBefore: null } },
    }));

  it('of an attempt that no longer counts is nobody’s business', () => {
    given(sync, requested('a'), started(1), started(2)).when(command).thenNothing();
    given(sync).when(command).thenNothing();
  });
});

const nthFollowUp = (nth: number) => requested('a', { followUp: nth });

describe('a run that was stopped', () => {
  const stop = { ...fail, nextAllowedAt: at(900), followUp: { syncId: 'run-z', notBefore: at(960) } };
  const failed: SyncEvent = {
    type: 'SyncFailed',
    data: {
      ...report,
      cursorAfter: null,
      errorCode: fail.errorCode,
      errorMessage: fail.errorMessage,
      nextAllowedAt: at(900),
    },
  };
  const followUp: SyncRequested = {
    type: 'SyncRequested',
    data: {
      syncId: 'run-z',
      ...owner,
      trigger: 'schedule',
      causes: [{ requestId: 'run-z', trigger: 'schedule' }],
      attended: false,
      slot: null,
      requestedAt: LATER,
      notBefore: at(960),
      nextAllowedAt: at(960),
      followUp: 1,
    },
  };
  const history = [requested('a'), started(1)] as const;
  const limited = [...history, failed, followUp] as const;

  it('is taken up by itself, once, and not before that is allowed', () => {
    given(sync, ...history)
      .when(stop)
      .thenEvents(failed, followUp);
    const start = { type: 'StartSync', syncId: 'run-z', now: at(959) } as const;
    given(sync, ...limited)
      .when(start)
      .thenNothing();
    expect(sync.decide({ ...start, now: at(960) }, stateAfter(sync, ...limited))).toHaveLength(1);
  });

  it('is taken up by the queued one where there is one, which waits as long unless a person asked for it', () => {
    given(sync, ...history, queued('run-b', 'b'))
      .when(stop)
      .thenEvents(failed, requested('b', { notBefore: at(900), nextAllowedAt: at(900), followUp: 1 }));
    const manual = {
      trigger: 'manual',
      attended: true,
      causes: [{ requestId: 'b', trigger: 'manual' }],
    } as const;
    given(sync, ...history, queued('run-b', 'b', manual))
      .when(stop)
      .thenEvents(failed, requested('b', { ...manual, attendedAt: NOW }));
  });

  it('is not taken up for ever', () => {
    const last = sync.decide(stop, stateAfter(sync, nthFollowUp(MOST_FOLLOW_UPS - 1), started(1)));
    expect(last[1]).toMatchObject({ data: { followUp: MOST_FOLLOW_UPS } });
    expect(sync.decide(stop, stateAfter(sync, nthFollowUp(MOST_FOLLOW_UPS), started(1)))).toHaveLength(1);
  });

  it.each(['webhook', 'schedule'] as const)('waits on whatever comes by itself: %s', (trigger) => {
    const slot = trigger === 'schedule' ? '2026-06-01T10:00' : null;
    const wish = request('c', { trigger, slot, now: LATER });
    const [event] = sync.decide(wish, stateAfter(sync, ...limited));
    expect(event).toMatchObject({ type: 'SyncJoined', data: { syncId: 'run-z', endsWait: false } });
    const [alone] = sync.decide(wish, stateAfter(sync, ...history, failed));
    expect(alone).toMatchObject({ data: { notBefore: at(900), nextAllowedAt: at(900) } });
    const [late] = sync.decide({ ...wish, now: at(900) }, stateAfter(sync, ...history, failed));
    expect(late).toMatchObject({ data: { notBefore: null } });
  });

  it('is tried at once when the provider says that it reached the bank, of which it had said that it could not', () => {
    const leftAlone = { provider: 'powens', bank: 'BANKFRPP', untilTold: true };
    const ofBank = { ...stop, leftAlone };
    const events = sync.decide(ofBank, stateAfter(sync, ...history));
    expect(events).toMatchObject([{ data: { leftAlone } }, { data: { leftAlone } }]);
    const hint = request('c', { told: true, now: LATER });
    const [event] = sync.decide(hint, stateAfter(sync, ...history, ...events));
    expect(event).toMatchObject({
      type: 'SyncJoined',
      data: { endsWait: true, attended: false, told: true },
    });
    const alone = stateAfter(sync, ...history, ...events.slice(0, 1));
    expect(sync.decide(hint, alone)).toMatchObject([{ data: { notBefore: null, told: true } }]);
    const held = sync.decide(request('c', { now: LATER }), alone);
    expect(held).toMatchObject([{ data: { notBefore: at(900), leftAlone } }]);
    expect(
      sync.decide(
        request('d', { told: true, now: LATER }),
        stateAfter(sync, ...history, ...events.slice(0, 1), ...held),
      ),
    ).toMatchObject([{ data: { endsWait: true } }]);
    for (const other of [stop, { ...stop, leftAlone: { ...leftAlone, untilTold: false } }]) {
      const after = stateAfter(sync, ...history, ...sync.decide(other, stateAfter(sync, ...history)));
      expect(sync.decide(hint, after)).toMatchObject([{ data: { endsWait: false } }]);
    }
  });

  it('waits for its bank no longer than that is left alone, and for a provider as long as it said', () => {
    const leftAlone = { provider: 'powens', bank: 'BANKFRPP', untilTold: false };
    const waiting = stateAfter(
      sync,
      ...history,
      ...sync.decide({ ...stop, leftAlone }, stateAfter(sync, ...history)),
    );
    const end = { type: 'EndWait', syncId: 'run-z', now: LATER } as const;
    const ends = sync.decide(end, waiting);
    expect(ends).toMatchObject([
      { type: 'SyncJoined', data: { syncId: 'run-z', causes: [], endsWait: true, trigger: 'schedule' } },
    ]);
    const free = ends.reduce(sync.evolve, waiting);
    expect(free).toMatchObject({ run: { notBefore: null } });
    expect(sync.decide(end, free)).toEqual([]);
    expect(sync.decide({ ...end, now: at(960) }, waiting)).toEqual([]);
    expect(sync.decide({ ...end, syncId: 'run-a' }, waiting)).toEqual([]);
    given(sync, ...limited)
      .when(end)
      .thenNothing();
  });

  it('is tried at once when a person asks', () => {
    const wish = request('c', { trigger: 'manual', now: LATER });
    const [event] = sync.decide(wish, stateAfter(sync, ...limited));
    expect(event).toMatchObject({ type: 'SyncJoined', data: { endsWait: true, attended: true } });
    const [alone] = sync.decide(wish, stateAfter(sync, ...history, failed));
    expect(alone).toMatchObject({ type: 'SyncRequested', data: { notBefore: null } });
  });

  it('is forgotten as soon as one ends otherwise', () => {
    const freed = [...limited, { ...started(1), data: { ...started(1).data, syncId: 'run-z' } }] as const;
    const end = { ...completed, data: { ...completed.data, syncId: 'run-z' } };
    const [event] = sync.decide(request('d', { now: LATER }), stateAfter(sync, ...freed, end));
    expect(event).toMatchObject({ data: { notBefore: null } });
  });
});

describe('a refresh at the bank', () => {
  const refused = { outcome: 'refused', code: 'powens.too-many-syncs', nextAllowedAt: at(900) } as const;
  const refresh = { ...refused, attended: true, refreshedBefore: at(-90_000) };
  const command = { type: 'DecideRefresh', syncId: 'run-a', attempt: 1, refresh, now: NOW } as const;
  const decided: RefreshDecided = {
    type: 'RefreshDecided',
    data: { syncId: 'run-a', ...owner, attempt: 1, ...refresh, decidedAt: NOW },
  };
  const asked = [requested('a'), started(1), decided] as const;

  it('is decided once for a run, by the attempt that counts', () => {
    given(sync, requested('a'), started(1)).when(command).thenEvents(decided);
    given(sync, ...asked)
      .when(command)
      .thenNothing();
    given(sync, requested('a'), started(1), started(2)).when(command).thenNothing();
  });

  it('is in the report of its run, and remembered after it', () => {
    const [ended] = sync.decide(complete, stateAfter(sync, ...asked));
    expect(ended?.data).toMatchObject({ refresh: refused });
    const { lastRefresh } = stateAfter(sync, ...asked, completed);
    expect(lastRefresh).toEqual({ decidedAt: NOW, nextAllowedAt: at(900) });
  });
});

describe('what a connection remembers', () => {
  it('is when a sync was first asked for, and when last because of a link', () => {
    const link = {
      trigger: 'link',
      causes: [{ requestId: 'b', trigger: 'link' }],
      requestedAt: LATER,
    } as const;
    const history = [requested('a'), started(1), queued('run-b', 'b', link), completed];
    expect(stateAfter(sync, ...history)).toMatchObject({ firstRequestedAt: NOW, linkedAt: LATER });
    expect(stateAfter(sync, ...history.slice(0, 2))).toMatchObject({ firstRequestedAt: NOW, linkedAt: null });
  });
});
