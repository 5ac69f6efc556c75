import { join } from 'node:path';
import type { Engine, EngineExit, EngineOptions } from './engine.js';
import { startEventStore } from './event-store.js';
import { startNats } from './nats.js';
import { startPostgres } from './postgres.js';

/** The engines that every installation needs; each is either embedded or somebody else's server. */
export type CoreEngine = 'event-store' | 'nats' | 'postgres';

export interface EnginesOptions {
  /** Root of data and logs: `<dataDir>/<engine>/` and `<dataDir>/logs/<engine>.log`. */
  readonly dataDir: string;
  /** The engines to start and their ports on 127.0.0.1 (`0`: any free one). One that is not named is not started. */
  readonly ports: Readonly<Partial<Record<CoreEngine, number>>>;
  /** Where a nats-server lies that is not on the PATH. */
  readonly binDir: string;
  /** The built main file of `apps/embedded-event-store`. */
  readonly eventStoreEntry: string;
  /** Told when an engine ended by itself; {@link Engines.restart} brings it back. */
  readonly onExit?: (exit: EngineExit) => void;
}

export interface Engines {
  /** `null`: not started here. */
  readonly eventStoreUrl: string | null;
  readonly natsUrl: string | null;
  readonly databaseUrl: string | null;
  /** What runs now. */
  running(this: void): readonly Engine[];
  /** Starts an engine that ended, on its data, port and URL of before. */
  restart(this: void, engine: CoreEngine): Promise<void>;
  /** Event store, NATS, PostgreSQL, in this order, so that the log has everything before what is derived from it ends. */
  stop(this: void): Promise<void>;
}

const STOP_ORDER: readonly CoreEngine[] = ['event-store', 'nats', 'postgres'];

const starters: Readonly<
  Record<CoreEngine, (common: EngineOptions, options: EnginesOptions) => Promise<Engine>>
> = {
  'event-store': async (common, { eventStoreEntry }) =>
    startEventStore({ ...common, entry: eventStoreEntry }),
  nats: async (common, { binDir }) => startNats({ ...common, binDir }),
  postgres: startPostgres,
};

const start = async (name: CoreEngine, port: number, options: EnginesOptions): Promise<Engine> => {
  const common = {
    dataDir: join(options.dataDir, name),
    logFile: join(options.dataDir, 'logs', `${name}.log`),
    port,
    ...(options.onExit && { onExit: options.onExit }),
  };
  return starters[name](common, options);
};

/** One failure as it is, several as one error whose message has all of them: each names its own cure. */
const throwAll = (failures: readonly unknown[]): void => {
  if (failures.length === 0) return;
  if (failures.length === 1) throw failures[0];
  throw new AggregateError(failures, failures.map((failure) => (failure as Error).message).join('\n'));
};

const stopAll = async (engines: ReadonlyMap<CoreEngine, Engine>): Promise<void> => {
  const failures: unknown[] = [];
  for (const name of STOP_ORDER) {
    await engines
      .get(name)
      ?.stop()
      .catch((error: unknown) => failures.push(error));
  }
  throwAll(failures);
};

/**
 * Starts the named engines at once and resolves when all are ready. When one cannot be started the others are stopped
 * again and the rejection says why. They are never orphans: if this process dies, a guard stops them.
 */
export const startEngines = async (options: EnginesOptions): Promise<Engines> => {
  const engines = new Map<CoreEngine, Engine>();
  const wanted = STOP_ORDER.flatMap((name) => {
    const port = options.ports[name];
    return port === undefined ? [] : [{ name, port }];
  });
  const outcomes = await Promise.allSettled(
    wanted.map(async ({ name, port }) => engines.set(name, await start(name, port, options))),
  );
  const failures = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  if (failures.length > 0) await stopAll(engines);
  throwAll(failures);
  const urlOf = (name: CoreEngine): string | null => engines.get(name)?.url ?? null;
  return {
    eventStoreUrl: urlOf('event-store'),
    natsUrl: urlOf('nats'),
    databaseUrl: urlOf('postgres'),
    running: () => [...engines.values()],
    restart: async (name) => {
      const before = engines.get(name);
      if (!before) throw new Error(`The embedded ${name} was not started here, so it cannot be restarted.`);
      engines.set(name, await start(name, before.port, options));
    },
    stop: async () => stopAll(engines),
  };
};
