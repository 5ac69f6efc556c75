import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from './database.js';
import { EventLog, type AppendCommand } from './event-log.js';
import { EventTable } from './event-table.js';
import { GroupCommit } from './group-commit.js';

let folder: string;
let table: FlakyTable;
let log: EventLog;
let commits: GroupCommit;

/** SQLite itself, but a commit may be made to fail as on a full disk. */
class FlakyTable extends EventTable {
  failures = 0;
  commits = 0;

  override inTransaction<T>(work: () => T): T {
    return super.inTransaction(() => {
      const result = work();
      if (this.failures-- > 0) throw new Error('disk full');
      this.commits++;
      return result;
    });
  }
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'group-commit-'));
  table = new FlakyTable(await openDatabase(folder));
  log = new EventLog(table);
  commits = new GroupCommit(log);
});
afterEach(() => {
  table.close();
  rmSync(folder, { recursive: true });
});

const command = (
  stream: string,
  n: number,
  expected: AppendCommand['expected'] = 'no-stream',
): AppendCommand => ({
  kind: 'append',
  stream,
  expected,
  events: [
    { id: Buffer.alloc(16, n), type: 'T', isJson: true, data: Buffer.from('{}'), metadata: Buffer.alloc(0) },
  ],
});

it('takes the appends of one turn in one transaction, each decided against the ones before it', async () => {
  const outcomes = await Promise.all([
    commits.submit(command('a-1', 1)),
    commits.submit(command('a-1', 2, 0)),
    commits.submit(command('a-1', 3, 0)),
    commits.submit(command('b-1', 4)),
  ]);
  expect(outcomes).toEqual([
    { kind: 'success', revision: 0, position: 1 },
    { kind: 'success', revision: 1, position: 2 },
    { kind: 'wrong-expected-version', current: 1 },
    { kind: 'success', revision: 0, position: 3 },
  ]);
  expect(table.commits).toBe(1);
});

it('tries each alone when the group could not be stored, so that one cannot take the others with it', async () => {
  table.failures = 2;
  const outcomes = await Promise.allSettled([
    commits.submit(command('a-1', 1)),
    commits.submit(command('b-1', 2)),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(log.head).toBe(1);
  expect(table.lastRevisionOf('a-1')).toBe(-1);
});

it('forgets everything about appends that could not be stored', async () => {
  await commits.submit(command('a-1', 1));
  table.failures = 1;
  await expect(commits.submit(command('a-1', 2, 0))).rejects.toThrow('disk full');
  expect(log.recent.after(1, 10)).toEqual([]);
  expect(await commits.submit(command('a-1', 2, 'any'))).toEqual({
    kind: 'success',
    revision: 1,
    position: 2,
  });
});

it('tells its listeners after the commit, and only when something was written', async () => {
  const heads: number[] = [];
  const stop = commits.onCommit(() => heads.push(log.head));
  await commits.submit(command('a-1', 1));
  await commits.submit(command('a-1', 2));
  expect(heads).toEqual([1]);
  stop();
  await commits.submit(command('a-1', 2, 0));
  expect(heads).toEqual([1]);
});
