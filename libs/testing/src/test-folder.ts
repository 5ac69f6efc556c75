import { accessSync, constants, readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 4 * 2 ** 30;
const USUAL = '/tmp';

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

/**
 * Where tests keep what engines store: in memory where there is room, for on a disk they wait for its `fsync` four
 * tenths of their time. `TMPDIR` chooses another folder. Nothing is tested less by it: what a process wrote outlives its
 * SIGKILL on a disk by the system's cache just as well, and no test takes the power away.
 */
export const testFolder = (): string => (tmpdir() === USUAL && isUsable() ? MEMORY : tmpdir());
