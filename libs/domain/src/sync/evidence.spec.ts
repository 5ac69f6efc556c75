import { given, stateAfter } from '#testing';
import { describe, expect, it } from 'vitest';
import { type CompleteSync, type RunOutcome, sync } from './sync.js';
import type { SyncEvent } from './sync.events.js';

const NOW = '2026-06-01T08:00:00.000Z';
const MONDAY = '2026-06-01T06:00:00.000Z';
const TUESDAY = '2026-06-02T06:00:00.000Z';
const owner = { connectionId: 'c1', tenantId: 't1', companyId: 'co1' };

const opened = (syncId: string): readonly SyncEvent[] => [
  {
    type: 'SyncRequested',
    data: {
      ...owner,
      syncId,
      trigger: 'schedule',
      causes: [{ requestId: syncId, trigger: 'schedule' }],
      attended: false,
      slot: null,
      requestedAt: NOW,
      notBefore: null,
    },
  },
  { type: 'SyncStarted', data: { ...owner, syncId, attempt: 1, startedAt: NOW } },
];

const outcome = (refreshedAt: string | null): RunOutcome => ({
  windowFrom: '2026-03-03',
  windowTo: '2026-06-01',
  counts: { imported: 0, updated: 0, removed: 0, skipped: 2, failed: 0 },
  failures: [],
  accountIds: ['1'],
  pages: 1,
  calls: 3,
  cursorAfter: 'c',
  refreshedAt,
  gaps: [],
  problems: [],
});

const complete = (
  syncId: string,
  refreshedAt: string | null,
  status: 'success' | 'partial' = 'success',
): CompleteSync => ({
  type: 'CompleteSync',
  syncId,
  attempt: 1,
  status,
  reasons: status === 'partial' ? ['history.gap'] : [],
  outcome: outcome(refreshedAt),
  now: NOW,
});

/** The log after some runs, each of which ended with this word of the provider's last look at the bank. */
const after = (
  ...ends: readonly (readonly [string | null, 'success' | 'partial'])[]
): readonly SyncEvent[] => {
  const log: SyncEvent[] = [];
  for (const [n, [refreshedAt, status]] of ends.entries()) {
    log.push(...opened(`earlier-${n}`));
    log.push(...sync.decide(complete(`earlier-${n}`, refreshedAt, status), stateAfter(sync, ...log)));
  }
  return [...log, ...opened('run')];
};

const endOf = (log: readonly SyncEvent[], command: CompleteSync) => {
  const [ended] = sync.decide(command, stateAfter(sync, ...log));
  if (ended?.type !== 'SyncCompleted') throw new Error('The run did not end.');
  return ended.data;
};

describe('the evidence of a success', () => {
  it('is a look at the bank since the last success, whatever runs came between that were none', () => {
    expect(endOf(after(), complete('run', MONDAY)).evidence).toEqual({
      kind: 'newer-refresh',
      refreshedAt: MONDAY,
    });
    const log = after([MONDAY, 'success'], [TUESDAY, 'partial']);
    expect(endOf(log, complete('run', TUESDAY)).evidence?.kind).toBe('newer-refresh');
  });

  it('is else that there was nothing new', () => {
    const log = after([MONDAY, 'success']);
    expect(endOf(log, complete('run', MONDAY)).evidence).toEqual({
      kind: 'nothing-new',
      refreshedAt: MONDAY,
    });
    expect(endOf(after([TUESDAY, 'success']), complete('run', MONDAY)).evidence?.kind).toBe('nothing-new');
  });

  it('is what it found, where it looked twice within one second of its time', () => {
    const { outcome: nothing, ...command } = complete('run', MONDAY);
    const counts = { ...nothing.counts, imported: 1 };
    const found = { ...command, outcome: { ...nothing, counts } };
    expect(endOf(after([MONDAY, 'success']), found).evidence?.kind).toBe('newer-refresh');
  });

  it('lacks where the provider was never at the bank: that is no success', () => {
    const data = endOf(after([MONDAY, 'success']), complete('run', null));
    expect(data).toMatchObject({
      status: 'partial',
      reasons: ['provider.not-refreshed-yet'],
      problems: [{ code: 'provider.not-refreshed-yet' }],
    });
    expect(data).not.toHaveProperty('evidence');
  });

  it('is not what a partial one has', () => {
    expect(endOf(after(), complete('run', MONDAY, 'partial'))).not.toHaveProperty('evidence');
  });

  it('is nobody’s business once the run is over', () =>
    given(sync, ...after(), ...sync.decide(complete('run', MONDAY), stateAfter(sync, ...after())))
      .when(complete('run', MONDAY))
      .thenNothing());
});

const refreshes = (...events: readonly SyncEvent[]) => stateAfter(sync, ...events).refreshes;

describe('the rhythm of a connection', () => {
  it('is remembered by the completed runs, each look at the bank once, and the newest twenty of them', () => {
    const each = ['success', 'partial', 'success'] as const;
    expect(
      refreshes(...after([MONDAY, each[0]], [null, each[1]], [MONDAY, each[1]], [TUESDAY, each[2]])),
    ).toEqual([MONDAY, TUESDAY]);
    const days = Array.from(
      { length: 25 },
      (_, n) => `2026-06-${String(n + 1).padStart(2, '0')}T06:00:00.000Z`,
    );
    expect(refreshes(...after(...days.map((day) => [day, 'success'] as const)))).toEqual(days.slice(-20));
  });

  it('begins anew when the bank is linked again', () => {
    const again: SyncEvent = {
      type: 'SyncRequested',
      data: {
        ...owner,
        syncId: 'again',
        trigger: 'link',
        causes: [{ requestId: 'again', trigger: 'link' }],
        attended: false,
        slot: null,
        requestedAt: NOW,
        notBefore: null,
      },
    };
    expect(refreshes(...after([MONDAY, 'success']), again)).toEqual([]);
  });
});
