import { createWriteStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { EngineProcess } from './engine-process.js';
import { EngineError, type Engine, type EngineName, type EngineOptions } from './engine.js';
import { startEngine } from './start-engine.js';

export interface NodeChildOptions extends EngineOptions {
  /** The built main file of the app. */
  readonly entry: string;
}

/** A laptop's worth of memory: a small young generation costs nothing at these rates. */
const NODE_FLAGS = ['--max-semi-space-size=2', '--enable-source-maps'];

const portOfReadyLine = (line: string): number | undefined => {
  try {
    const said = JSON.parse(line) as { event?: unknown; port?: unknown } | null;
    return said?.event === 'ready' && typeof said.port === 'number' ? said.port : undefined;
  } catch {
    return undefined;
  }
};

/** Reads the child's output line by line: into the log, and until the ready line for the port. */
const listen = (running: EngineProcess, logFile: string): (() => number | undefined) => {
  let port: number | undefined;
  const output = running.child.stdout;
  if (!output) return () => undefined;
  const log = createWriteStream(logFile, { flags: 'a' });
  createInterface({ input: output })
    .on('line', (line) => {
      port ??= portOfReadyLine(line);
      log.write(`${line}\n`);
    })
    .on('close', () => log.end());
  // Like the process itself, its pipe does not keep us up.
  if ('unref' in output && typeof output.unref === 'function') output.unref();
  return () => port;
};

/**
 * Starts one of our own servers as a Node process. It understands `--port`, `--data-dir` and `--stop-with-stdin`, says
 * `{"event":"ready","port":N}` on its output and ends when its input does, so it never outlives us.
 */
export const startNodeChild = async (
  name: EngineName,
  options: NodeChildOptions,
  extraArgs: readonly string[],
  url: (port: number) => string,
): Promise<Engine> => {
  if (!existsSync(options.entry)) {
    throw new EngineError('engine.binary-missing', `${options.entry} is not built: run npm run build.`);
  }
  const heard = new WeakMap<EngineProcess, () => number | undefined>();
  return startEngine(
    {
      name,
      leftover: (dir) => ({ program: 'node', argument: `--data-dir ${dir}` }),
      prepare: async (dir, port) => ({
        command: process.execPath,
        args: [
          ...NODE_FLAGS,
          options.entry,
          '--data-dir',
          dir,
          '--port',
          String(port),
          '--stop-with-stdin',
          ...extraArgs,
        ],
        logFile: options.logFile,
        stdio: 'pipe',
        stopSignal: 'SIGTERM',
      }),
      readyPort: (_, running) => {
        const port = heard.get(running) ?? listen(running, options.logFile);
        heard.set(running, port);
        return port();
      },
      url: (_, port) => url(port),
      patienceMs: 60_000,
    },
    options,
  );
};
