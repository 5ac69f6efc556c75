import { Server, ServerCredentials } from '@grpc/grpc-js';
import { openDatabase } from './log/database.js';
import { EventLog } from './log/event-log.js';
import { EventTable } from './log/event-table.js';
import { GroupCommit } from './log/group-commit.js';
import { append } from './services/append.js';
import { batchAppend } from './services/batch-append.js';
import { describeNode } from './services/describe-node.js';
import { ReadService } from './services/read.js';
import { remove } from './services/remove.js';
import { streamsService } from './wire/definitions.js';

export interface NodeOptions {
  readonly dataDir: string;
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  /** Greatest size of one append, in bytes. */
  readonly maxAppendSize: number;
}

export interface RunningNode {
  readonly port: number;
  /** Takes no more calls, commits what is queued, ends what is open, closes the log. */
  stop(): Promise<void>;
}

/** The port is taken. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

const CHANNEL_OPTIONS = {
  'grpc.max_receive_message_length': 32 * 1024 * 1024,
  'grpc.max_send_message_length': -1,
};
const STOP_PATIENCE_MS = 1_000;

/**
 * Opens the log and serves it.
 * @throws {FolderInUse}
 * @throws {PortTaken}
 */
export const startEmbeddedEventStore = async (options: NodeOptions): Promise<RunningNode> => {
  const table = new EventTable(await openDatabase(options.dataDir));
  const log = new EventLog(table);
  const commits = new GroupCommit(log);
  const reads = new ReadService(log, commits);
  const server = new Server(CHANNEL_OPTIONS);
  server.addService(streamsService, {
    append: append(commits, options.maxAppendSize),
    batchAppend: batchAppend(commits, options.maxAppendSize),
    delete: remove(commits, 'delete'),
    tombstone: remove(commits, 'tombstone'),
    read: reads.read.bind(reads),
  });
  let port = options.port;
  describeNode(server, () => ({ host: options.host, port }));
  try {
    port = await listen(server, options);
  } catch (error) {
    table.close();
    throw error;
  }
  return {
    port,
    stop: async () => {
      const drained = shutDown(server);
      commits.flush();
      reads.close();
      await drained;
      commits.flush();
      table.close();
    },
  };
};

const listen = (server: Server, { host, port }: NodeOptions): Promise<number> =>
  new Promise((resolve, reject) => {
    const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else if (/EADDRINUSE/u.test(error.message)) reject(new PortTaken(`Port ${port} on ${host} is taken.`));
      else reject(error);
    });
  });

/** Waits for the calls in progress, but not for long: a batch append stays open as long as its client. */
const shutDown = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const force = setTimeout(() => server.forceShutdown(), STOP_PATIENCE_MS);
    server.tryShutdown(() => {
      clearTimeout(force);
      resolve();
    });
  });
