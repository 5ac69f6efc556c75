/** The engines that this library runs; also the names of their folders and log files. */
export type EngineName = 'event-store' | 'nats' | 'postgres' | 'sandbox-bank';

/** The environment variable that sets an engine's port: every complaint about a port names it. */
export const PORT_VARIABLES: Readonly<Record<EngineName, string>> = {
  'event-store': 'EMBEDDED_EVENTSTORE_PORT',
  nats: 'EMBEDDED_NATS_PORT',
  postgres: 'EMBEDDED_DATABASE_PORT',
  'sandbox-bank': 'SANDBOX_PORT',
};

/** An engine ended although nobody asked it to. */
export interface EngineExit {
  readonly engine: EngineName;
  /** Exit status; `null` when a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly logFile: string;
  /** The same in one sentence that names the log file. */
  readonly message: string;
}

/** A running engine. */
export interface Engine {
  readonly name: EngineName;
  /** What its clients connect to; contains the password where there is one, so it is never logged. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly logFile: string;
  /** Stops it gracefully, by force after ten seconds; resolves when the process is gone. May be called again. */
  stop(this: void): Promise<void>;
}

/** What every engine is started with. */
export interface EngineOptions {
  /** The engine's own folder; created when missing. One live process at a time may use it. */
  readonly dataDir: string;
  /** On 127.0.0.1; `0`: any free one. */
  readonly port: number;
  /** Appended to; begun afresh (the old one kept as `.old`) when it is larger than 10 MB at the start. */
  readonly logFile: string;
  /** Told once when the engine ends by itself after it was ready. It can then be started again on the same folder. */
  readonly onExit?: (exit: EngineExit) => void;
}

export type EngineErrorCode =
  | 'engine.port-taken'
  | 'engine.data-dir-in-use'
  | 'engine.binary-missing'
  | 'engine.cannot-run-as-root'
  | 'engine.not-ready';

/** An engine cannot be started; the message says what to do about it. */
export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(
    readonly code: EngineErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
