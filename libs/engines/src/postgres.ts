import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineProcess, Launch } from './engine-process.js';
import type { Engine, EngineOptions } from './engine.js';
import { clusterDir, DATABASE, findBinaries, password, prepareCluster, USER } from './postgres-cluster.js';
import { findWayToRun } from './run-as.js';
import { startEngine } from './start-engine.js';

/** Small in memory, careful with data. TCP on the loopback only: a socket's path would have to be short and writable. */
const SETTINGS: Readonly<Record<string, string | number>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 60,
  shared_buffers: '48MB',
  max_wal_size: '512MB',
  fsync: 'on',
  synchronous_commit: 'on',
  wal_level: 'minimal',
  max_wal_senders: 0,
  max_worker_processes: 4,
  max_parallel_workers: 2,
  autovacuum_max_workers: 2,
  io_method: 'sync',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
};

const prepare = async (dir: string, port: number, logFile: string): Promise<Launch> => {
  const binaries = await findBinaries();
  const way = await findWayToRun(binaries.postgres, dir);
  await prepareCluster(dir, binaries, way);
  const settings = Object.entries({ ...SETTINGS, port }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const [command = '', ...args] = [...way.prefix, binaries.postgres, '-D', clusterDir(dir), ...settings];
  // SIGINT is PostgreSQL's fast shutdown: sessions are ended, everything is written.
  return { command, args, logFile, stdio: 'log', stopSignal: 'SIGINT', ...way.switchTo };
};

/** `postmaster.pid` tells pid, folder, start time, port, …, and in its eighth line the state; it is how `pg_ctl -w` waits. */
const readyPort = (dir: string, running: EngineProcess): number | undefined => {
  try {
    const lines = readFileSync(join(clusterDir(dir), 'postmaster.pid'), 'utf8').split('\n');
    const ready = Number(lines[0]) === running.pid && lines[7]?.trim() === 'ready';
    return ready ? Number(lines[3]) : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Starts PostgreSQL 18 with the database `passerelle`, as a server of this folder alone. The first start makes the
 * cluster (about a second). Works as root too. `url` is `postgres://passerelle:<generated>@127.0.0.1:<port>/passerelle`.
 */
export const startPostgres = async (options: EngineOptions): Promise<Engine> =>
  startEngine(
    {
      name: 'postgres',
      leftover: (dir) => ({ program: 'postgres', argument: `-D ${clusterDir(dir)}` }),
      prepare: async (dir, port) => prepare(dir, port, options.logFile),
      readyPort,
      url: (dir, port) => `postgres://${USER}:${password(dir)}@127.0.0.1:${port}/${DATABASE}`,
      patienceMs: 120_000,
    },
    options,
  );
