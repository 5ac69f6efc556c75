import type { SyncCompleted, SyncFailed } from '#domain';
import { describe, expect, it } from 'vitest';
import { endOf, problemViews } from './run-end.js';

const report = {
  syncId: 's',
  connectionId: 'c',
  tenantId: 't',
  companyId: '1',
  trigger: 'manual',
  attempt: 1,
  requestedAt: '2026-09-01T00:00:00Z',
  startedAt: '2026-09-01T00:00:00Z',
  endedAt: '2026-09-01T00:00:01Z',
  windowFrom: '2026-06-01',
  windowTo: '2026-09-01',
  counts: { imported: 0, updated: 0, removed: 0, skipped: 0, failed: 0 },
  failures: [],
  accountIds: ['1'],
  pages: 1,
  calls: 3,
  cursorBefore: null,
  cursorAfter: null,
  refreshedAt: null,
  gaps: [],
  problems: [],
} as const;

const problemOf = (code: string) => ({ code, accountId: null, rowKey: null, count: 1, parameters: {} });

const completed = (data: Partial<SyncCompleted['data']>): SyncCompleted => ({
  type: 'SyncCompleted',
  data: { ...report, status: 'partial', reasons: [], ...data },
});
const failed = (data: Partial<SyncFailed['data']>): SyncFailed => ({
  type: 'SyncFailed',
  data: {
    ...report,
    errorCode: 'powens.unavailable',
    errorMessage: 'As it was said.',
    problems: [problemOf(data.errorCode ?? 'powens.unavailable')],
    ...data,
  },
});

describe('the end of a run', () => {
  it('of a partial success: its problems, in words', () => {
    const problem = { code: 'fetch.page-cap', accountId: '9', rowKey: null, count: 1, parameters: {} };
    const end = endOf(completed({ reasons: ['fetch.page-cap'], problems: [problem] }));
    expect(end).toMatchObject({ status: 'partial', errorCode: 'fetch.page-cap', problems: [problem] });
    expect(end.errorMessage).toMatch(/more pages than one run reads \(account 9\)/);
  });

  it('of a success: its evidence and no words', () => {
    const evidence = { kind: 'nothing-new', refreshedAt: '2026-08-31T00:00:00Z' } as const;
    expect(endOf(completed({ status: 'success', evidence }))).toEqual({
      status: 'success',
      errorCode: null,
      errorMessage: null,
      problems: [],
      evidence,
    });
  });

  it('of a failure: the words that were said then, and when it may go on', () => {
    const end = endOf(failed({ nextAllowedAt: '2026-09-01T01:00:00Z' }));
    expect(end).toMatchObject({
      status: 'failure',
      errorMessage: 'As it was said.',
      nextAllowedAt: '2026-09-01T01:00:00Z',
    });
    expect(problemViews(end.problems, end.errorMessage)).toMatchObject([
      {
        code: 'powens.unavailable',
        actionOwner: 'time',
        message: expect.stringMatching(/^Powens cannot/) as string,
      },
    ]);
  });

  it('keeps the words of a code that is not known any more', () => {
    const end = endOf(failed({ errorCode: 'old.code' }));
    expect(problemViews(end.problems, end.errorMessage)).toMatchObject([
      { code: 'old.code', actionOwner: 'operator', message: 'As it was said.' },
    ]);
  });
});
