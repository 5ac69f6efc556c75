import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const hasProc = existsSync('/proc/self/stat');

/** `undefined` instead of a rejection: a process may be gone between any two looks at it. */
const text = async (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch(() => undefined);

const psIdentity = async (pid: number): Promise<string | undefined> => {
  const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.trim() || undefined;
};

const procIdentity = async (pid: number): Promise<string | undefined> => {
  const stat = await text(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the program's name in parentheses and may contain anything, so count from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields[0], fields[19]];
  if (state === 'Z' || state === 'X') return undefined;
  return `${(await text('/proc/sys/kernel/random/boot_id'))?.trim()}/${startTime}`;
};

/**
 * What tells this process from every other that had or will have its pid (boot and start time); `undefined` when no
 * such process is alive. A zombie is not alive.
 */
export const identityOf = async (pid: number): Promise<string | undefined> =>
  hasProc ? procIdentity(pid) : psIdentity(pid);

const procCommandLines = async (): Promise<Map<number, string>> => {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const lines = await Promise.all(pids.map(async (pid) => text(`/proc/${pid}/cmdline`)));
  return new Map(pids.map((pid, index) => [Number(pid), (lines[index] ?? '').replaceAll('\0', ' ').trim()]));
};

const psCommandLines = async (): Promise<Map<number, string>> => {
  const rows = (await run('ps', ['-axo', 'pid=,command='])).stdout.split('\n');
  const parsed = rows.map((row) => /^\s*(\d+)\s+(.*)$/.exec(row)).filter((row) => row !== null);
  return new Map(parsed.map((row) => [Number(row[1]), (row[2] ?? '').trim()]));
};

/**
 * Pids of the live processes whose program is called `program` and whose arguments contain `argument`. It is how a
 * process that an earlier run left behind is recognised: its arguments name our data folder, whatever its pid file says.
 */
export const findProcesses = async (program: string, argument: string): Promise<number[]> => {
  const lines = await (hasProc ? procCommandLines() : psCommandLines());
  const named = new RegExp(`(^|/)${program} `);
  return [...lines]
    .filter(([pid, line]) => pid !== process.pid && named.test(line) && `${line} `.includes(` ${argument} `))
    .map(([pid]) => pid);
};

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/** Sends the first signal, and each further one when the process is still there `patienceMs` later. */
export const stopProcess = async (
  pid: number,
  signals: readonly NodeJS.Signals[],
  patienceMs: number,
): Promise<void> => {
  const identity = await identityOf(pid);
  if (identity === undefined) return;
  for (const name of signals) {
    signal(pid, name);
    const deadline = performance.now() + patienceMs;
    while (performance.now() < deadline) {
      if ((await identityOf(pid)) !== identity) return;
      await delay(20);
    }
  }
  throw new Error(`Process ${pid} did not end although it was sent ${signals.join(', ')}.`);
};
