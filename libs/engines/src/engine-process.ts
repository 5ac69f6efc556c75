import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { startGuard, unwatch, watch } from './guard.js';
import { openLog } from './log-file.js';
import { stopProcess } from './processes.js';

/** Engines get no more of our environment than this: they are configured by arguments, and our secrets are not theirs. */
export const ENGINE_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

const PATIENCE_MS = 10_000;

/** How an engine's process is started and stopped. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
  readonly logFile: string;
  /** `pipe`: our end of its input closes when we die, which is its sign to end; its output is read by us. */
  readonly stdio: 'log' | 'pipe';
  /** The signal that means "stop gracefully" to it. */
  readonly stopSignal: NodeJS.Signals;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** One running process: watched by the guard, in a session of its own, so that no terminal's Ctrl-C reaches it. */
export interface EngineProcess {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly exited: Promise<ProcessExit>;
  stop(this: void): Promise<void>;
}

const spawnInOwnSession = (launch: Launch, log: number): ChildProcess =>
  spawn(launch.command, [...launch.args], {
    cwd: '/',
    detached: true,
    env: ENGINE_ENVIRONMENT,
    stdio: launch.stdio === 'log' ? ['ignore', log, log] : ['pipe', 'pipe', log],
    ...(launch.uid === undefined ? {} : { uid: launch.uid, gid: launch.gid }),
  });

/** Resolves once the process exists; rejects when the program cannot be run. */
export const launchProcess = async (launch: Launch): Promise<EngineProcess> => {
  startGuard();
  const log = openLog(launch.logFile);
  const child = spawnInOwnSession(launch, log);
  const pid = child.pid;
  if (pid !== undefined) watch(pid, launch.stopSignal);
  closeSync(log);
  const exited = new Promise<ProcessExit>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (pid !== undefined) unwatch(pid);
      resolve({ code, signal });
    });
  });
  if (pid === undefined)
    return exited.then(() => Promise.reject(new Error(`${launch.command} did not start.`)));
  // An engine never keeps its parent up: whoever needs it has work of its own, and the guard stops what is left.
  child.unref();
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    child.stdin?.end();
    await stopProcess(pid, [launch.stopSignal, 'SIGQUIT', 'SIGKILL'], PATIENCE_MS);
    await exited;
  };
  return { pid, child, exited, stop };
};
