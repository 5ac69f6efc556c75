import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { freePort, startEngines, type EngineExit, type Engines, type EnginesOptions } from './index.js';

/** A server of our own kind, small enough to write here; it keeps to what `startNodeChild` expects. */
const NODE_ENGINE = `
const option = (name) => process.argv[process.argv.indexOf(name) + 1];
const server = require('node:net').createServer();
server.listen(Number(option('--port')), '127.0.0.1', () =>
  console.log(JSON.stringify({ event: 'ready', port: server.address().port })));
process.stdin.resume().on('end', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
`;

let root: string;
let started: Engines[];

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'passerelle-engines-')));
  started = [];
  writeFileSync(join(root, 'node-engine.cjs'), NODE_ENGINE);
});

afterEach(async () => {
  await Promise.all(started.map(async (engines) => engines.stop()));
  rmSync(root, { recursive: true, force: true });
});

const start = async (options: Partial<EnginesOptions> = {}): Promise<Engines> => {
  const engines = await startEngines({
    dataDir: join(root, 'data'),
    binDir: resolve('.passerelle/bin'),
    eventStoreEntry: join(root, 'node-engine.cjs'),
    ports: { 'event-store': 0, nats: 0, postgres: 0 },
    ...options,
  });
  started.push(engines);
  return engines;
};

const workingDirOf = (pid: string): string => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
};

const processList = (): string[] =>
  execFileSync('ps', ['-axo', 'pid=,ppid=,command='], { encoding: 'utf8' }).split('\n');

/** Processes that name the folder in their arguments or, like PostgreSQL's children, stand in it. */
const remaining = (): string[] => {
  const pids = existsSync('/proc/self') ? readdirSync('/proc') : [];
  const inside = pids.filter((pid) => /^\d+$/.test(pid) && workingDirOf(pid).startsWith(root));
  return [...processList().filter((row) => row.includes(root)), ...inside];
};

/** The guard learns of the end of its work by the end of its input, so it goes a moment later than the engines. */
const untilNoGuard = async (): Promise<void> => {
  const ours = new RegExp(`^\\s*\\d+\\s+${process.pid}\\s.*passerelle-engine-guard`);
  await vi.waitFor(() => expect(processList().filter((row) => ours.test(row))).toEqual([]), 5_000);
};

const query = async (url: string | null, sql: string): Promise<unknown[]> => {
  const client = new Client({ connectionString: url ?? '' });
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
};

it('starts real servers and leaves no process and no lock behind', async () => {
  const engines = await start();
  expect(
    await query(engines.databaseUrl, 'SELECT current_database() AS db, current_setting($$fsync$$) AS fsync'),
  ).toEqual([{ db: 'passerelle', fsync: 'on' }]);
  const nats = await connect({ servers: engines.natsUrl ?? '' });
  expect(nats.info?.jetstream).toBe(true);
  await nats.close();
  expect(engines.eventStoreUrl).toMatch(/^kurrentdb:\/\/127\.0\.0\.1:\d+\?tls=false$/);
  expect(remaining().length).toBeGreaterThan(4);

  await engines.stop();
  expect(remaining()).toEqual([]);
  await untilNoGuard();
  expect(readdirSync(join(root, 'data', 'postgres'))).not.toContain('owner.lock');
});

it('keeps what was stored over a restart of everything', async () => {
  const first = await start();
  await query(first.databaseUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await first.stop();
  const second = await start();
  expect(await query(second.databaseUrl, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

it.each([
  ['event-store', 'EMBEDDED_EVENTSTORE_PORT'],
  ['nats', 'EMBEDDED_NATS_PORT'],
  ['postgres', 'EMBEDDED_DATABASE_PORT'],
] as const)('does not adopt a server on the port of %s, but names %s', async (engine, variable) => {
  const foreign = createServer().listen(0, '127.0.0.1');
  await once(foreign, 'listening');
  const address = foreign.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  try {
    await expect(start({ ports: { 'event-store': 0, [engine]: port } })).rejects.toThrow(
      new RegExp(`Port ${port} .*${variable}`),
    );
    expect(remaining()).toEqual([]);
    await untilNoGuard();
  } finally {
    foreign.close();
  }
});

it('refuses a data folder that is in use, and says by whom', async () => {
  await start({ ports: { nats: 0 } });
  await expect(start({ ports: { nats: 0 } })).rejects.toThrow(`in use by process ${process.pid}`);
});

it('takes over a data folder whose last user died without a word', async () => {
  mkdirSync(join(root, 'data', 'nats'), { recursive: true });
  const owner = { pid: process.pid, identity: 'another boot/1' };
  writeFileSync(join(root, 'data', 'nats', 'owner.lock'), JSON.stringify(owner));
  const engines = await start({ ports: { nats: 0 } });
  expect(engines.running()).toHaveLength(1);
});

it.each(['event-store', 'nats', 'postgres'] as const)(
  'reports that %s was killed, and brings it back on its port',
  async (name) => {
    const exits: EngineExit[] = [];
    const engines = await start({ ports: { [name]: await freePort() }, onExit: (exit) => exits.push(exit) });
    const before = engines.running()[0];
    process.kill(before?.pid ?? 0, 'SIGKILL');
    await vi.waitFor(
      () => expect(exits).toMatchObject([{ engine: name, code: null, signal: 'SIGKILL' }]),
      5_000,
    );

    await engines.restart(name);
    const after = engines.running()[0];
    expect(after?.url).toBe(before?.url);
    expect(after?.pid).not.toBe(before?.pid);
    await engines.stop();
    expect(exits).toHaveLength(1);
    expect(remaining()).toEqual([]);
  },
);

it('says what went wrong when an engine ends at once, in the words of its log', async () => {
  writeFileSync(join(root, 'node-engine.cjs'), 'console.error("the disk is full"); process.exit(3);');
  await expect(start({ ports: { 'event-store': 0 } })).rejects.toThrow(
    /ended with status 3.*\n?.*the disk is full/s,
  );
  expect(remaining()).toEqual([]);
});

it('works below a folder that nobody else may enter, root or not', async () => {
  const closed = join(root, 'closed');
  mkdirSync(closed, { mode: 0o700 });
  const engines = await start({ dataDir: join(closed, 'data'), ports: { postgres: 0 } });
  expect(await query(engines.databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('begins a log that grew beyond 10 MB afresh, keeping the old one', async () => {
  const logs = join(root, 'data', 'logs');
  mkdirSync(logs, { recursive: true });
  writeFileSync(join(logs, 'nats.log'), Buffer.alloc(11 * 1024 * 1024, 'x'));
  await start({ ports: { nats: 0 } });
  expect(statSync(join(logs, 'nats.log.old')).size).toBe(11 * 1024 * 1024);
  await vi.waitFor(() => expect(readFileSync(join(logs, 'nats.log'), 'utf8')).toContain('Server is ready'));
});
