import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const holder = (file) => {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    // Another user's process is alive too; no process or no readable file is a lock nobody holds.
    return error.code === 'EPERM' ? -1 : undefined;
  }
};

const tryLock = (file) => {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
};

/** Runs `work` while no other process on this tree does; waits for one that does, takes the place of one that died. */
export const oneAtATime = async (file, say, work) => {
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  while (!tryLock(file)) {
    const pid = holder(file);
    if (pid === undefined) {
      // Its owner may have been about to write its pid: only a lock that stays without a holder is removed.
      await delay(100);
      if (holder(file) === undefined) rmSync(file, { force: true });
      continue;
    }
    if (!told) say(`Waiting for process ${pid}, which prepares this tree already …`);
    told = true;
    await delay(200);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
};
