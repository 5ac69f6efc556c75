import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { type RunOutcome, sync, type SyncCommand } from './sync.js';
import type { SyncEvent } from './sync.events.js';
import { runOfRequest, type SyncState } from './sync.state.js';

const NOW = '2026-06-01T08:00:00.000Z';
const INTERVAL_MS = 10_000;
const instant = (ms: number): string => new Date(Date.parse(NOW) + ms).toISOString();
const owner = { connectionId: 'c1', tenantId: 't1', companyId: 'co1' };
const outcome = (cursorAfter: string): RunOutcome => ({
  windowFrom: null,
  windowTo: null,
  counts: { imported: 0, updated: 0, removed: 0, skipped: 0, failed: 0 },
  failures: [],
  accountIds: [],
  pages: 0,
  calls: 0,
  cursorAfter,
  refreshedAt: null,
  gaps: [],
  problems: [],
});

const requestIds = fc.integer({ min: 0, max: 120 }).map((n) => `r${n}`);
const syncIds = fc.integer({ min: 0, max: 79 }).map((n) => `run-${n}`);
const attempts = fc.integer({ min: 0, max: 3 });
const slots = fc.integer({ min: 1, max: 9 }).map((n) => `2026-06-0${n}T02:00`);

const commands: fc.Arbitrary<SyncCommand> = fc.oneof(
  {
    weight: 4,
    arbitrary: requestFrom(
      fc.constantFrom('manual', 'webhook', 'webhook', 'webhook', 'link'),
      fc.constant(null),
    ),
  },
  { weight: 1, arbitrary: requestFrom(fc.constant('schedule'), slots) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('StartSync'), syncId: syncIds, now: fc.constant(NOW) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('CompleteSync'),
      syncId: syncIds,
      attempt: attempts,
      status: fc.constantFrom('success', 'partial'),
      reasons: fc.constant([]),
      outcome: fc.string().map(outcome),
      now: fc.constant(NOW),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('FailSync'),
      syncId: syncIds,
      attempt: attempts,
      errorCode: fc.constant('x'),
      errorMessage: fc.constant('x'),
      outcome: fc.string().map(outcome),
      now: fc.constant(NOW),
    }),
  },
  { weight: 2, arbitrary: stoppedFor(fc.integer({ min: 1, max: 60_000 }), fc.boolean()) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('TimeOutSync'),
      syncId: syncIds,
      attempt: attempts,
      errorMessage: fc.constant('x'),
      outcome: fc.string().map(outcome),
      now: fc.constant(NOW),
    }),
  },
);

function requestFrom(
  trigger: fc.Arbitrary<'manual' | 'webhook' | 'link' | 'schedule'>,
  slot: fc.Arbitrary<string | null>,
): fc.Arbitrary<SyncCommand> {
  return fc
    .record({
      trigger,
      slot,
      requestIds: fc.array(requestIds, { minLength: 1, maxLength: 4 }),
      isTold: fc.boolean(),
    })
    .map(({ isTold, ...request }) => ({
      type: 'RequestSync',
      ...owner,
      ...request,
      ...(isTold && { told: true }),
      syncId: '',
      webhookIntervalMs: INTERVAL_MS,
      now: NOW,
    }));
}

/** The provider allows nothing for so long; a follow-up, where there is one, begins a second later. */
function stoppedFor(ms: fc.Arbitrary<number>, followed: fc.Arbitrary<boolean>): fc.Arbitrary<SyncCommand> {
  return fc.record({ ms, followed, attempts, cursor: fc.string() }).map((limit) => ({
    type: 'FailSync',
    syncId: '',
    attempt: limit.attempts,
    errorCode: 'x',
    errorMessage: 'x',
    outcome: outcome(limit.cursor),
    nextAllowedAt: instant(limit.ms),
    ...(limit.followed && { followUp: { syncId: '', notBefore: instant(limit.ms + 1_000) } }),
    now: NOW,
  }));
}

/** The fresh ids, and the times that were meant from the moment of the command on. */
const placed = (command: SyncCommand, index: number, ms: number): SyncCommand => {
  const now = instant(ms);
  if (command.type === 'RequestSync') return { ...command, syncId: `run-${index}`, now };
  if (command.type !== 'FailSync' || command.nextAllowedAt === undefined) return { ...command, now };
  const moved = (at: string): string => new Date(Date.parse(at) + ms).toISOString();
  const { nextAllowedAt, followUp } = command;
  return {
    ...command,
    nextAllowedAt: moved(nextAllowedAt),
    ...(followUp && { followUp: { syncId: `run-${index}`, notBefore: moved(followUp.notBefore) } }),
    now,
  };
};

/** Half of the commands about a run are aimed at the open one, so that runs do end. */
const aimed = (command: SyncCommand, state: SyncState, aim: boolean): SyncCommand => {
  if (!aim || command.type === 'RequestSync' || state.status === 'idle') return command;
  const { syncId, attempt } = state.run;
  return 'attempt' in command ? { ...command, syncId, attempt } : { ...command, syncId };
};

interface Step {
  readonly command: SyncCommand;
  readonly before: SyncState;
  readonly events: readonly SyncEvent[];
  readonly after: SyncState;
}

interface Wish {
  readonly command: SyncCommand;
  readonly aim: boolean;
  readonly afterMs: number;
}

const steps = (list: readonly Wish[]): readonly Step[] => {
  let before = sync.initialState;
  let ms = 0;
  return list.map((wish, index) => {
    ms += wish.afterMs;
    const command = aimed(placed(wish.command, index, ms), before, wish.aim);
    const events = sync.decide(command, before);
    const after = events.reduce<SyncState>(sync.evolve, before);
    const step = { command, before, events, after };
    before = after;
    return step;
  });
};

const pauses = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 1_500 }),
  fc.integer({ min: 1, max: 12_000 }),
);
const stories = fc
  .array(fc.record({ command: commands, aim: fc.boolean(), afterMs: pauses }), {
    minLength: 1,
    maxLength: 80,
    size: 'max',
  })
  .map(steps);

const always = (check: (story: readonly Step[], log: readonly SyncEvent[]) => void) => {
  fc.assert(
    fc.property(stories, (story) => {
      check(
        story,
        story.flatMap(({ events }) => events),
      );
    }),
    { numRuns: 200 },
  );
};

const isEnd = ({ type }: SyncEvent): boolean =>
  type === 'SyncCompleted' || type === 'SyncFailed' || type === 'SyncTimedOut';

/** Whether the event may follow in a log in which `open` is the run that is open and `begun` are all that ever were. */
const isLegal = ({ type, data }: SyncEvent, open: string | null, begun: ReadonlySet<string>): boolean => {
  if (type === 'SyncRequested') return open === null && !begun.has(data.syncId);
  if (type === 'SyncQueuedAgain') return open !== null && !begun.has(data.syncId);
  return open === data.syncId;
};

it('has at most one run open at any time, and every run ends at most once', () => {
  always((_, log) => {
    let open: string | null = null;
    const begun = new Set<string>();
    for (const event of log) {
      expect(isLegal(event, open, begun), `${event.type} while ${open} is open`).toBe(true);
      if (event.type === 'SyncRequested') open = event.data.syncId;
      if (open !== null) begun.add(open);
      if (isEnd(event)) open = null;
    }
  });
});

it('makes every accepted request part of exactly one run, and remembers which', () => {
  always((story, log) => {
    const runs = new Map<string, Set<string>>();
    for (const { data } of log) {
      if (!('causes' in data)) continue;
      for (const { requestId } of data.causes)
        runs.set(requestId, (runs.get(requestId) ?? new Set()).add(data.syncId));
    }
    const last = story.at(-1)?.after ?? sync.initialState;
    for (const [requestId, served] of runs) {
      expect([...served]).toEqual([runOfRequest(last, requestId)]);
    }
  });
});

it('accepts each request id once, and a request without a slot always', () => {
  always((story) => {
    const seen = new Set<string>();
    for (const { command, events } of story) {
      if (command.type !== 'RequestSync') continue;
      const fresh = new Set(command.requestIds.filter((id) => !seen.has(id)));
      const [event] = events;
      const accepted =
        event && 'causes' in event.data ? event.data.causes.map(({ requestId }) => requestId) : [];
      // Only a slot that is past may leave a request without a run.
      const allowed = command.slot !== null && accepted.length === 0 ? [] : [...fresh];
      expect(accepted).toEqual(allowed);
      if (accepted.length === 0) continue;
      fresh.forEach((id) => seen.add(id));
    }
  });
});

it('lets no attempt of a run start before the last request that joined it was decided', () => {
  always((_, log) => {
    const begun = new Set<string>();
    const late: string[] = [];
    for (const { type, data } of log) {
      if (type === 'SyncStarted') begun.add(data.syncId);
      if ('causes' in data && begun.has(data.syncId)) late.push(data.syncId);
    }
    expect(late).toEqual([]);
  });
});

it('has at most one run waiting to start, open or queued', () => {
  always((story) => {
    const waiting = story.map(({ after }) =>
      after.status === 'idle' ? 0 : Number(after.run.attempt === 0) + Number(after.queued !== null),
    );
    expect(Math.max(...waiting)).toBeLessThanOrEqual(1);
  });
});

it('loses no request: every run that has some is over, open or queued', () => {
  always((story, log) => {
    const over = new Set(log.filter(isEnd).map(({ data }) => data.syncId));
    const last = story.at(-1)?.after ?? sync.initialState;
    const alive = last.status === 'idle' ? [] : [last.run.syncId, last.queued?.syncId];
    const lost = last.served.filter(({ syncId }) => !over.has(syncId) && !alive.includes(syncId));
    expect(lost).toEqual([]);
  });
});

/** When each run was started first that webhooks alone had asked for. */
const startsByWebhook = (log: readonly SyncEvent[]): readonly number[] => {
  const asked = new Map<string, Set<string>>();
  const begun = new Set<string>();
  const starts: number[] = [];
  for (const { type, data } of log) {
    if ('causes' in data) {
      const triggers = data.causes.map(({ trigger }) => trigger);
      asked.set(data.syncId, new Set([...(asked.get(data.syncId) ?? []), ...triggers]));
    }
    if (type !== 'SyncStarted' || begun.has(data.syncId)) continue;
    begun.add(data.syncId);
    if ([...(asked.get(data.syncId) ?? [])].join() === 'webhook') starts.push(Date.parse(data.startedAt));
  }
  return starts;
};

it('starts no two runs that webhooks alone asked for closer than the interval', () => {
  always((_, log) => {
    const starts = startsByWebhook(log);
    const pauses = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
    expect(pauses.filter((pause) => pause < INTERVAL_MS)).toEqual([]);
  });
});

it('makes nothing wait longer than an interval, and nothing that others than webhooks asked for', () => {
  always((story) => {
    const waits = story.flatMap(({ command, after }) =>
      (after.status === 'idle' ? [] : [after.run, after.queued]).flatMap((run) =>
        run?.notBefore && !run.nextAllowedAt
          ? [{ trigger: run.trigger, ms: Date.parse(run.notBefore) - Date.parse(command.now) }]
          : [],
      ),
    );
    expect(waits.filter(({ trigger, ms }) => trigger !== 'webhook' || ms > INTERVAL_MS)).toEqual([]);
  });
});

it('starts nothing by itself while the provider allows nothing, and stops a person never', () => {
  always((story) => {
    let limit = '';
    const attended = new Set<string>();
    const tooEarly: SyncEvent[] = [];
    const stopped: SyncCommand[] = [];
    for (const { command, before, events } of story) {
      for (const event of events) {
        const { type, data } = event;
        if ('attended' in data && data.attended) attended.add(data.syncId);
        if (type === 'SyncFailed') limit = data.nextAllowedAt ?? '';
        if (type === 'SyncCompleted' || type === 'SyncTimedOut') limit = '';
        if (type === 'SyncStarted' && !attended.has(data.syncId) && data.startedAt < limit)
          tooEarly.push(event);
      }
      const isOpen = before.status === 'open' && before.run.syncId === command.syncId;
      if (command.type === 'StartSync' && isOpen && attended.has(command.syncId) && events.length === 0)
        stopped.push(command);
    }
    expect([tooEarly, stopped]).toEqual([[], []]);
  });
});

it('serves no slot twice and none backwards', () => {
  always((story) => {
    let last = '';
    for (const { command, events } of story) {
      if (command.type !== 'RequestSync' || command.slot === null || events.length === 0) continue;
      expect(command.slot > last).toBe(true);
      last = command.slot;
    }
  });
});

it('moves the cursor only where a run is completed', () => {
  always((story) => {
    for (const { before, after, events } of story) {
      const completed = events.find((event) => event.type === 'SyncCompleted');
      expect(after.cursor).toBe(completed ? completed.data.cursorAfter : before.cursor);
    }
  });
});

it('leaves no queued run behind: when the open one ends, it is requested in the same append', () => {
  always((story) => {
    for (const { before, events } of story) {
      if (!events.some(isEnd) || before.status === 'idle' || !before.queued) continue;
      expect(events.at(-1)).toMatchObject({
        type: 'SyncRequested',
        data: { syncId: before.queued.syncId, causes: before.queued.causes },
      });
    }
  });
});
