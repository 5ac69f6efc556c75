import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineProcess, Launch } from './engine-process.js';
import type { Engine, EngineOptions } from './engine.js';
import { findNatsServer, type NatsBinary } from './nats-binary.js';
import { startEngine } from './start-engine.js';

export interface NatsOptions extends EngineOptions {
  /** Where a nats-server lies that is not on the PATH. */
  readonly binDir: string;
}

const configFile = (dir: string): string => join(dir, 'nats-server.conf');
const portsDir = (dir: string): string => join(dir, 'ports');

const configuration = (dir: string, port: number, { major, minor }: NatsBinary): string => {
  // Before 2.10 the flush interval is fixed (60 s) and the setting an error. Nothing relies on it: publishers resume
  // from what they find in the stream.
  const flush = major > 2 || minor >= 10 ? '\n  sync_interval: "10s"' : '';
  return `listen: "127.0.0.1:${port}"
server_name: passerelle
max_payload: 1MB
ports_file_dir: ${JSON.stringify(portsDir(dir))}
jetstream {
  store_dir: ${JSON.stringify(join(dir, 'store'))}
  max_memory_store: 64MB${flush}
}
`;
};

const prepare = async (dir: string, port: number, options: NatsOptions): Promise<Launch> => {
  const binary = await findNatsServer(options.binDir);
  rmSync(portsDir(dir), { recursive: true, force: true });
  mkdirSync(portsDir(dir));
  writeFileSync(configFile(dir), configuration(dir, port, binary));
  const args = ['-c', configFile(dir)];
  return { command: binary.path, args, logFile: options.logFile, stdio: 'log', stopSignal: 'SIGTERM' };
};

/** The server writes this file, named by its pid, once it listens: no other server on the port can be mistaken for it. */
const readyPort = (dir: string, running: EngineProcess): number | undefined => {
  try {
    const ports = readFileSync(join(portsDir(dir), `nats-server_${running.pid}.ports`), 'utf8');
    const port = /"nats:\/\/[^"]*:(\d+)"/.exec(ports)?.[1];
    return port === undefined ? undefined : Number(port);
  } catch {
    return undefined;
  }
};

/** Starts nats-server with JetStream, whose store lies in the folder. `url` is `nats://127.0.0.1:<port>`. */
export const startNats = async (options: NatsOptions): Promise<Engine> =>
  startEngine(
    {
      name: 'nats',
      leftover: (dir) => ({ program: 'nats-server', argument: `-c ${configFile(dir)}` }),
      prepare: async (dir, port) => prepare(dir, port, options),
      readyPort,
      url: (_, port) => `nats://127.0.0.1:${port}`,
      patienceMs: 60_000,
    },
    options,
  );
