import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { eventually } from './eventually.js';

export interface ProgramOptions {
  /** Main file, from the top of the repository. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Gets everything that the program prints, after what it held before. */
  readonly logFile: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** One program of the built tree as a process of its own. It does not outlive this process. */
export class ChildProgram {
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #options: ProgramOptions;
  readonly #logFrom: number;

  constructor(options: ProgramOptions) {
    this.#options = options;
    mkdirSync(dirname(options.logFile), { recursive: true });
    const log = openSync(options.logFile, 'a');
    this.#logFrom = statSync(options.logFile).size;
    const { entry, env, cwd } = options;
    const child = spawn(process.execPath, [resolve(entry)], {
      cwd,
      env: { ...env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    running.add(child);
    this.#child = child;
    this.exited = once(child, 'exit').then(([code, signal]: unknown[]) => {
      running.delete(child);
      return { code: code as number | null, signal: signal as NodeJS.Signals | null };
    });
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`${this.#options.entry} could not be started.`);
    return pid;
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** What this process printed so far. */
  output(): string {
    return readFileSync(this.#options.logFile).subarray(this.#logFrom).toString('utf8');
  }

  signal(name: NodeJS.Signals): void {
    if (!this.hasExited) this.#child.kill(name);
  }

  /** SIGTERM, and how the process ended. @throws it did not end within `withinMs`; it is killed then */
  async stop(withinMs = 30_000): Promise<Exit> {
    this.signal('SIGTERM');
    return this.#end(withinMs, 'SIGTERM');
  }

  /** SIGKILL: no chance to clean up. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }

  /** Waits for a condition, not longer than the process lives. */
  async until<T>(check: () => Promise<T> | T, withinMs: number): Promise<T> {
    let isOver = false;
    try {
      return await eventually(
        async () => {
          isOver = this.hasExited;
          return isOver ? undefined : await check();
        },
        { withinMs },
      ).then((value) => {
        if (isOver) throw new Error('it ended');
        return value as T;
      });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`${this.#options.entry} is not ready (${why}):\n${this.output().slice(-4_000)}`, {
        cause: error,
      });
    }
  }

  async #end(withinMs: number, after: string): Promise<Exit> {
    const late = Symbol('late');
    const timer = new AbortController();
    const deadline = new Promise<typeof late>((done) => {
      const handle = setTimeout(done, withinMs, late);
      timer.signal.addEventListener('abort', () => clearTimeout(handle));
    });
    const exit = await Promise.race([this.exited, deadline]);
    timer.abort();
    if (exit !== late) return exit;
    await this.kill();
    throw new Error(
      `${this.#options.entry} did not end within ${withinMs} ms of ${after}:\n${this.output().slice(-4_000)}`,
    );
  }
}
