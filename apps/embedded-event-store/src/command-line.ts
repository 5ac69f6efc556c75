import { parseArgs } from 'node:util';
import { FolderInUse } from './log/database.js';
import { PortTaken, startEmbeddedEventStore, type NodeOptions, type RunningNode } from './start.js';

const USAGE =
  'Usage: main.js --data-dir DIR --port N [--host 127.0.0.1] [--max-append-size BYTES] [--stop-with-stdin]';

const EXIT = { failed: 1, wrongUsage: 64, folderInUse: 75, portTaken: 98 };
const MEBIBYTE = 1024 * 1024;

class WrongUsage extends Error {
  override readonly name = 'WrongUsage';
}

interface CommandLine extends NodeOptions {
  readonly stopWithStdin: boolean;
}

/**
 * Runs one node for the life of this process. Prints `{"event":"ready","port":N}` once it takes calls; stops on SIGTERM,
 * SIGINT or, when asked to, when its stdin closes. Exit codes: 64 wrong usage, 75 folder in use, 98 port taken.
 */
export const runFromCommandLine = async (args: readonly string[]): Promise<void> => {
  try {
    const { stopWithStdin, ...options } = parse(args);
    const node = await startEmbeddedEventStore(options);
    stopOnRequest(node, stopWithStdin);
    process.stdout.write(`${JSON.stringify({ event: 'ready', port: node.port })}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
};

const parse = (args: readonly string[]): CommandLine => {
  const { values } = parsed(args);
  if (values['data-dir'] === undefined || values.port === undefined) throw new WrongUsage(USAGE);
  return {
    dataDir: values['data-dir'],
    port: integer('--port', values.port, 0, 65_535),
    host: values.host,
    maxAppendSize: integer('--max-append-size', values['max-append-size'], 1, 16 * MEBIBYTE),
    stopWithStdin: values['stop-with-stdin'],
  };
};

const parsed = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        'data-dir': { type: 'string' },
        port: { type: 'string' },
        host: { type: 'string', default: '127.0.0.1' },
        'max-append-size': { type: 'string', default: String(MEBIBYTE) },
        'stop-with-stdin': { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new WrongUsage(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
};

const integer = (name: string, text: string, min: number, max: number): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || text.trim() === '' || value < min || value > max) {
    throw new WrongUsage(`${name} must be a whole number from ${min} to ${max}, not "${text}".`);
  }
  return value;
};

const stopOnRequest = (node: RunningNode, withStdin: boolean): void => {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    void node.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`The node could not stop cleanly: ${String(error)}\n`);
        process.exit(EXIT.failed);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (withStdin) process.stdin.on('end', stop).on('close', stop).on('error', stop).resume();
};

const exitCodeOf = (error: unknown): number => {
  if (error instanceof WrongUsage) return EXIT.wrongUsage;
  if (error instanceof FolderInUse) return EXIT.folderInUse;
  return error instanceof PortTaken ? EXIT.portTaken : EXIT.failed;
};
