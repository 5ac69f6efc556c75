import { execFile } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ENGINE_ENVIRONMENT } from './engine-process.js';
import { EngineError } from './engine.js';
import { unwatch, watch } from './guard.js';

const run = promisify(execFile);

/** A way to run PostgreSQL, which refuses to be root and insists on owning its data folder. */
export interface RunAs {
  /** Command words that come before the program. */
  readonly prefix: readonly string[];
  /** Set: spawn as this user. */
  readonly switchTo?: Account;
  /** Who must own the data folder, as seen from outside. */
  readonly owner: Account;
}

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const accounts = (): ReadonlyMap<string, Account> => {
  const rows = readFileSync('/etc/passwd', 'utf8').split('\n');
  const fields = rows.map((row) => row.split(':')).filter((row) => row.length >= 4);
  return new Map(fields.map(([name = '', , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]));
};

const isNamed = (): boolean => {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
};

const ourselves = (): Account => ({ uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 });

/**
 * In a user namespace we are another user there and still ourselves outside, so a folder that only we may enter is no
 * obstacle. Containers often forbid it.
 */
const inNamespace = (inside: Account): RunAs => ({
  prefix: ['unshare', '--user', `--map-user=${inside.uid}`, `--map-group=${inside.gid}`],
  owner: ourselves(),
});

/** Another user that may nevertheless pass folders closed to it (the capability CAP_DAC_OVERRIDE). Root only. */
const withCapability = (user: Account): RunAs => ({
  prefix: [
    'setpriv',
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    '--clear-groups',
    '--inh-caps=-all,+dac_override',
    '--ambient-caps=-all,+dac_override',
  ],
  owner: user,
});

const candidates = (): RunAs[] => {
  const known = accounts();
  // Any account will do; PostgreSQL merely wants one that has a name.
  const other = [...known.values()].find(({ uid }) => uid > 0 && uid < 65_534) ?? { uid: 1, gid: 1 };
  if (process.geteuid?.() !== 0) {
    const plain = { prefix: [], owner: ourselves() };
    return isNamed() ? [plain] : [inNamespace(other), plain];
  }
  const service = known.get('postgres') ?? known.get('nobody') ?? other;
  return [{ prefix: [], switchTo: service, owner: service }, inNamespace(other), withCapability(service)];
};

/** Runs a command to its end in the given way; its error output is part of the rejection's message. */
export const runAs = async (way: RunAs, command: readonly string[], input = ''): Promise<string> => {
  const [program = '', ...args] = [...way.prefix, ...command];
  const running = run(program, args, { cwd: '/', env: ENGINE_ENVIRONMENT, ...way.switchTo });
  // A program that ends without reading its input is no failure of its own: its status tells.
  running.child.stdin?.on('error', () => undefined);
  running.child.stdin?.end(input);
  const { pid } = running.child;
  if (pid !== undefined) watch(pid, 'SIGTERM');
  try {
    return (await running).stdout;
  } finally {
    if (pid !== undefined) unwatch(pid);
  }
};

const PROBE = 'test "$(id -u)" -ne 0 && "$1" --version >/dev/null && : >"$2/probe"';

const works = async (way: RunAs, binary: string, dir: string): Promise<boolean> => {
  const probe = mkdtempSync(join(dir, 'probe-'));
  try {
    if (process.geteuid?.() === 0) chownSync(probe, way.owner.uid, way.owner.gid);
    await runAs(way, ['/bin/sh', '-c', PROBE, 'sh', binary, probe]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
};

/**
 * The first way that really works here, tried out with the binary and the folder: as ourselves; as root, as the user
 * `postgres` or `nobody`, in a user namespace, or as that user with a capability.
 * @throws EngineError `engine.cannot-run-as-root` when none does.
 */
export const findWayToRun = async (binary: string, dir: string): Promise<RunAs> => {
  const ways = candidates();
  for (const way of ways) if (ways.length === 1 || (await works(way, binary, dir))) return way;
  throw new EngineError(
    'engine.cannot-run-as-root',
    `PostgreSQL refuses to run as root, and no other user can reach ${binary} and ${dir}. ` +
      'Run this as an ordinary user, put the project into a folder others may enter, or set DATABASE_URL.',
  );
};
