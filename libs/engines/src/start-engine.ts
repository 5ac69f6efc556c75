import { setTimeout as delay } from 'node:timers/promises';
import { claimDataDir } from './data-dir.js';
import { launchProcess, type EngineProcess, type Launch, type ProcessExit } from './engine-process.js';
import { EngineError, type Engine, type EngineName, type EngineOptions } from './engine.js';
import { logSize, logTail } from './log-file.js';
import { claimPort } from './ports.js';
import { findProcesses, stopProcess } from './processes.js';

/** What differs from engine to engine. `dir` is the claimed data folder: absolute, without symbolic links. */
export interface EngineKind {
  readonly name: EngineName;
  /** Program and argument by which a process of an earlier run on `dir` is recognised. */
  leftover(dir: string): { readonly program: string; readonly argument: string };
  /** Prepares the folder and says what to run. */
  prepare(dir: string, port: number): Promise<Launch>;
  /** The port on which the process serves by now; `undefined` while it is not ready. Asked again and again. */
  readyPort(dir: string, running: EngineProcess): number | undefined;
  url(dir: string, port: number): string;
  /** How long it may take until it is ready (recovery included). */
  readonly patienceMs: number;
}

const POLL_MS = 10;
const STOP_LEFTOVER_MS = 5_000;
const ATTEMPTS = 4;
/** Passes by itself: the port of a moment ago was lost to somebody else, or the last children of a killed server are just ending. */
const PASSING_TROUBLE = /address already in use|could not create any TCP|pre-existing shared memory/i;

const describe = ({ code, signal }: ProcessExit): string =>
  signal === null ? `with status ${code}` : `by signal ${signal}`;

const stopLeftovers = async (kind: EngineKind, dir: string): Promise<void> => {
  const { program, argument } = kind.leftover(dir);
  const pids = await findProcesses(program, argument);
  await Promise.all(
    pids.map(async (pid) => stopProcess(pid, ['SIGINT', 'SIGQUIT', 'SIGKILL'], STOP_LEFTOVER_MS)),
  );
};

const notReady = (kind: EngineKind, what: string, logFile: string, tail: string): EngineError =>
  new EngineError(
    'engine.not-ready',
    `The embedded ${kind.name} ${what}. Its log is ${logFile}${tail === '' ? '.' : `:\n${tail}`}`,
  );

const untilReady = async (
  kind: EngineKind,
  dir: string,
  running: EngineProcess,
): Promise<number | ProcessExit | 'late'> => {
  let exit: ProcessExit | undefined;
  void running.exited.then((seen) => (exit = seen));
  const deadline = performance.now() + kind.patienceMs;
  while (performance.now() < deadline) {
    if (exit) return exit;
    const port = kind.readyPort(dir, running);
    if (port !== undefined) return port;
    await delay(POLL_MS);
  }
  return 'late';
};

interface Ready {
  readonly running: EngineProcess;
  readonly port: number;
}

const bringUp = async (kind: EngineKind, dir: string, options: EngineOptions): Promise<Ready> => {
  for (let attempt = 1; ; attempt += 1) {
    const port = await claimPort(kind.name, options.port);
    const launch = await kind.prepare(dir, port);
    const from = logSize(launch.logFile);
    const running = await launchProcess(launch);
    const outcome = await untilReady(kind, dir, running);
    if (typeof outcome === 'number') return { running, port: outcome };
    await running.stop();
    const tail = logTail(launch.logFile, from);
    if (attempt < ATTEMPTS && PASSING_TROUBLE.test(tail)) {
      await delay(300 * attempt);
      continue;
    }
    const what =
      outcome === 'late' ? `was not ready after ${kind.patienceMs / 1000} s` : `ended ${describe(outcome)}`;
    throw notReady(kind, what, launch.logFile, tail);
  }
};

/**
 * Claims the folder, stops what an earlier run left behind on it, starts the engine and waits until it is ready.
 * @throws EngineError; nothing of ours runs then.
 */
export const startEngine = async (kind: EngineKind, options: EngineOptions): Promise<Engine> => {
  const claimed = await claimDataDir(options.dataDir);
  const dir = claimed.path;
  try {
    await stopLeftovers(kind, dir);
    const { running, port } = await bringUp(kind, dir, options);
    let stopping: Promise<void> | undefined;
    const ended = (exit: ProcessExit): void => {
      claimed.release();
      if (stopping) return;
      const message = `The embedded ${kind.name} ended ${describe(exit)}; its log is ${options.logFile}.`;
      options.onExit?.({ engine: kind.name, ...exit, logFile: options.logFile, message });
    };
    void running.exited.then(ended);
    const { logFile } = options;
    const stop = async (): Promise<void> => (stopping ??= running.stop());
    return { name: kind.name, url: kind.url(dir, port), port, pid: running.pid, logFile, stop };
  } catch (error) {
    claimed.release();
    throw error;
  }
};
