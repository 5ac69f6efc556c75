import { expect, it } from 'vitest';
import { rowProblems } from './row-problems.js';

const accounts = [{ providerAccountId: 'a1', trackedAs: '7' }];
const failure = (rowKey: string, providerAccountId: string | null) => ({
  rowKey,
  providerAccountId,
  reason: 'bad-date' as const,
  field: 'rdate',
});

it('tells each listed row under the caller’s account, and how many others there are', () => {
  const failures = [failure('r1', 'a1'), failure('r2', 'unknown'), failure('r3', null)];
  const problems = rowProblems({ failed: 53, failures, accounts });
  expect(problems.map(({ accountId, rowKey, count }) => [accountId, rowKey, count])).toEqual([
    ['7', 'r1', 1],
    [null, 'r2', 1],
    [null, 'r3', 1],
    [null, null, 50],
  ]);
  expect(problems[0]).toMatchObject({
    code: 'rows.unreadable',
    parameters: { reason: 'bad-date', field: 'rdate' },
  });
  expect(rowProblems({ failed: 0, failures: [], accounts })).toEqual([]);
});
