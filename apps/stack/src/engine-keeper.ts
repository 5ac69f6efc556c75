import { join } from 'node:path';
import type { Logger } from '#platform';
import { errorText } from '#kernel';
import {
  type CoreEngine,
  type Engine,
  type EngineExit,
  type Engines,
  startEngines,
  startSandboxBank,
} from '#engines';
import { CrashBudget } from './crash-budget.js';

export interface KeeperOptions {
  readonly dataDir: string;
  /** Folder of the built tree, `…/dist`. */
  readonly dist: string;
  readonly ports: Readonly<Partial<Record<CoreEngine, number>>>;
  /** `null`: a real provider is configured. */
  readonly sandbox: { readonly port: number; readonly settings: Readonly<Record<string, string>> } | null;
  readonly logger: Logger;
  /** An engine does not stay up: the stack cannot go on. */
  readonly onGivenUp: (message: string) => void;
}

/** Like `Promise.all`, but not before the last has ended: a start that goes on unobserved leaves a process behind. */
const allOf = async (starts: readonly Promise<void>[]): Promise<void> => {
  const outcomes = await Promise.allSettled(starts);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
};

/** Our own child processes: the engines that nothing external replaces, and the sandbox bank. Brings back what crashes. */
export class EngineKeeper {
  readonly #options: KeeperOptions;
  #engines: Engines | null = null;
  #sandbox: Engine | null = null;
  #stopping = false;
  /** Being brought back now: what such a start has begun must be there before it can be stopped. */
  readonly #restarts = new Set<Promise<void>>();
  readonly #crashes = new CrashBudget();

  private constructor(options: KeeperOptions) {
    this.#options = options;
  }

  static async start(options: KeeperOptions): Promise<EngineKeeper> {
    const keeper = new EngineKeeper(options);
    try {
      await allOf([keeper.#startEngines(), keeper.#startSandbox()]);
      return keeper;
    } catch (error) {
      await keeper.stop();
      throw error;
    }
  }

  get urls(): Pick<Engines, 'eventStoreUrl' | 'natsUrl' | 'databaseUrl'> {
    return this.#engines ?? { eventStoreUrl: null, natsUrl: null, databaseUrl: null };
  }

  get sandboxUrl(): string | null {
    return this.#sandbox?.url ?? null;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#restarts);
    await Promise.allSettled([this.#sandbox?.stop(), this.#engines?.stop()]);
  }

  async #startEngines(): Promise<void> {
    const { dataDir, dist, ports } = this.#options;
    this.#engines = await startEngines({
      dataDir,
      ports,
      binDir: join(dataDir, 'bin'),
      eventStoreEntry: join(dist, 'apps/embedded-event-store/src/main.js'),
      onExit: (exit) => this.#onExit(exit),
    });
  }

  async #startSandbox(): Promise<void> {
    const { sandbox, dataDir, dist } = this.#options;
    if (!sandbox) return;
    this.#sandbox = await startSandboxBank({
      dataDir: join(dataDir, 'sandbox-bank'),
      logFile: join(dataDir, 'logs', 'sandbox-bank.log'),
      entry: join(dist, 'apps/sandbox-bank/src/main.js'),
      port: sandbox.port,
      settings: sandbox.settings,
      onExit: (exit) => this.#onExit(exit),
    });
  }

  #onExit(exit: EngineExit): void {
    const restart = this.#bringBack(exit).finally(() => this.#restarts.delete(restart));
    this.#restarts.add(restart);
  }

  async #bringBack({ engine, message }: EngineExit): Promise<void> {
    if (this.#stopping) return;
    const { logger, onGivenUp } = this.#options;
    logger.error({ engine }, message);
    const pauseMs = this.#crashes.spend(Date.now());
    if (pauseMs === null) return onGivenUp(`The embedded engines do not stay up. ${message}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    if (this.#stopping) return;
    try {
      await (engine === 'sandbox-bank' ? this.#startSandbox() : this.#engines?.restart(engine));
      logger.info({ engine }, `The embedded ${engine} runs again.`);
    } catch (error) {
      onGivenUp(`The embedded ${engine} could not be started again: ${errorText(error)}`);
    }
  }
}
