import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 4 * 2 ** 30;
const USUAL = '/tmp';
const PREFIX = 'passerelle-tests-';
const HOUR_MS = 3_600_000;

/** Containers often forbid to run programs from there; some tests do. */
const mayRunPrograms = (): boolean =>
  readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .some(([, folder, , options = '']) => folder === MEMORY && !options.split(',').includes('noexec'));

const hasRoom = (): boolean => {
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= ENOUGH_BYTES && process.availableMemory() >= ENOUGH_BYTES;
};

const isUsable = (): boolean => {
  try {
    accessSync(MEMORY, constants.W_OK);
    return mayRunPrograms() && hasRoom();
  } catch {
    return false;
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
};

/** A run that was killed could not clear away what it kept, and memory does not come back by itself. */
const clearRemains = (): void => {
  for (const name of readdirSync(MEMORY).filter((each) => each.startsWith(PREFIX))) {
    const folder = join(MEMORY, name);
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    // Whoever has the number of a process of another container looks dead from here.
    if (!isAlive(Number(name.slice(PREFIX.length))) && age > HOUR_MS)
      rmSync(folder, { recursive: true, force: true });
  }
};

const folderInMemory = (): string => {
  clearRemains();
  const folder = join(MEMORY, `${PREFIX}${process.pid}`);
  mkdirSync(folder, { recursive: true });
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/**
 * Where the tests of this run keep what engines store: in memory where there is room, for on a disk they wait for its
 * `fsync` four tenths of their time. `TMPDIR` chooses another folder. Nothing is tested less by it: what a process wrote
 * outlives its SIGKILL on a disk by the system's cache just as well, and no test takes the power away.
 */
export const testFolder = (): string => (tmpdir() === USUAL && isUsable() ? folderInMemory() : tmpdir());
