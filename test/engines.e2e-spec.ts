import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const LIBRARY = resolve('dist/libs/engines/src/index.js');

/** A process that starts the engines of the built tree, says so, and lives until it is killed. */
const PARENT = `
const [library, dataDir] = process.argv.slice(1);
const { startEngines } = await import(library);
const engines = await startEngines({
  dataDir,
  binDir: '${resolve('.passerelle/bin')}',
  eventStoreEntry: '${resolve('dist/apps/embedded-event-store/src/main.js')}',
  ports: { 'event-store': 0, nats: 0, postgres: 0 },
});
console.log(JSON.stringify({
  databaseUrl: engines.databaseUrl,
  pids: engines.running().map(({ pid }) => pid),
}));
process.on('SIGTERM', async () => { await engines.stop(); process.exit(0); });
setInterval(() => undefined, 1000);
`;

interface Parent {
  readonly child: ChildProcess;
  readonly databaseUrl: string;
  readonly pids: readonly number[];
}

let root: string;
const parents: ChildProcess[] = [];

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'passerelle-parent-')));
});

const startParent = async (): Promise<Parent> => {
  expect(existsSync(LIBRARY), `${LIBRARY} is missing: run npm run build`).toBe(true);
  const args = ['--input-type=module', '-e', PARENT, LIBRARY, join(root, 'data')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  parents.push(child);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, ...(JSON.parse(line) as Omit<Parent, 'child'>) };
};

const workingDirOf = (pid: string): string => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
};

const commandLines = (): string[] =>
  execFileSync('ps', ['-axo', 'pid=,ppid=,command='], { encoding: 'utf8' }).split('\n');

/** Processes that name the folder in their arguments or, like PostgreSQL's children, stand in it. */
const remaining = (): string[] => {
  const pids = existsSync('/proc/self') ? readdirSync('/proc') : [];
  const inside = pids.filter((pid) => /^\d+$/.test(pid) && workingDirOf(pid).startsWith(root));
  return [...commandLines().filter((row) => row.includes(root)), ...inside];
};

const guardsOf = (parent: number | undefined): number[] =>
  commandLines()
    .map((row) => /^\s*(\d+)\s+(\d+)\s.*passerelle-engine-guard/.exec(row))
    .filter((row) => row !== null && Number(row[2]) === parent)
    .map((row) => Number(row?.[1]));

/** A zombie, which only its parent can clear away, does not run. */
const isRunning = (pid: number): boolean =>
  commandLines().some((row) => new RegExp(`^\\s*${pid} `).test(row) && !row.includes('<defunct>'));

const untilNothingRemains = async (): Promise<void> =>
  vi.waitFor(() => expect(remaining()).toEqual([]), { timeout: 5_000, interval: 50 });

const kill = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
};

const query = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
};

afterEach(async () => {
  for (const child of parents.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  try {
    await untilNothingRemains();
  } finally {
    // What a failed test leaves running must not disturb the next one.
    for (const row of remaining()) process.kill(Number.parseInt(row, 10), 'SIGKILL');
    rmSync(root, { recursive: true, force: true });
  }
});

it('leaves no process within five seconds of a kill -9 of the parent', async () => {
  const parent = await startParent();
  const guards = guardsOf(parent.child.pid);
  expect(parent.pids.filter(isRunning)).toHaveLength(3);
  expect(guards).toHaveLength(1);
  await kill(parent.child, 'SIGKILL');
  await untilNothingRemains();
  await vi.waitFor(() => expect(guards.filter(isRunning)).toEqual([]), 5_000);
});

it('stops by itself when asked to, guard included', async () => {
  const parent = await startParent();
  const guards = guardsOf(parent.child.pid);
  await kill(parent.child, 'SIGTERM');
  expect(remaining()).toEqual([]);
  await vi.waitFor(() => expect(guards.filter(isRunning)).toEqual([]), 1_000);
});

it('is not reached by a Ctrl-C that is meant for the parent', async () => {
  const parent = await startParent();
  const groups = execFileSync('ps', ['-o', 'pgid=', '-p', [parent.child.pid, ...parent.pids].join(',')]);
  expect(new Set(groups.toString().trim().split(/\s+/)).size).toBe(4);
});

it('starts again at once after a kill -9, with everything kept', async () => {
  const first = await startParent();
  await query(first.databaseUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await kill(first.child, 'SIGKILL');
  const second = await startParent();
  expect(await query(second.databaseUrl, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

it('finds and stops what is left when the guard was killed as well', async () => {
  const first = await startParent();
  await query(first.databaseUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
  const guards = guardsOf(first.child.pid);
  first.child.kill('SIGSTOP');
  for (const guard of guards) process.kill(guard, 'SIGKILL');
  await kill(first.child, 'SIGKILL');
  expect(remaining().length).toBeGreaterThan(2);
  const second = await startParent();
  expect(first.pids.filter(isRunning)).toEqual([]);
  expect(await query(second.databaseUrl, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});
