import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const succeeds = async (command, args, options) =>
  run(command, args, options).then(
    () => true,
    () => false,
  );

/** 2.9 or later; an older one lacks what the streams need. */
const isUsable = async (path) => {
  const { stdout } = await run(path, ['--version']).catch(() => ({ stdout: '' }));
  const version = /v(\d+)\.(\d+)\.\d+/.exec(stdout);
  return version !== null && (Number(version[1]) > 2 || Number(version[2]) >= 9);
};

const programIn = (dir) =>
  ['usr/sbin/nats-server', 'usr/bin/nats-server']
    .map((path) => join(dir, path))
    .find((path) => existsSync(path));

/** Debian and its kin: the distribution's own package, unpacked here instead of installed, so no root is needed. */
const fetchFromDebian = async (binDir) => {
  const dir = mkdtempSync(join(tmpdir(), 'passerelle-nats-'));
  try {
    const download = async () => succeeds('apt-get', ['download', 'nats-server'], { cwd: dir });
    const fetched =
      (await download()) ||
      // A fresh container has no package lists; only root may fetch them.
      (process.getuid?.() === 0 && (await succeeds('apt-get', ['update'])) && (await download()));
    const archive = fetched && readdirSync(dir).find((file) => file.endsWith('.deb'));
    if (!archive || !(await succeeds('dpkg-deb', ['-x', archive, '.'], { cwd: dir }))) return false;
    const program = programIn(dir);
    if (!program || !statSync(program).isFile()) return false;
    mkdirSync(binDir, { recursive: true });
    // Copied beside its place first: the temporary folder may lie on another disk, and a rename is all or nothing.
    cpSync(program, join(binDir, 'nats-server.new'));
    renameSync(join(binDir, 'nats-server.new'), join(binDir, 'nats-server'));
    return true;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

const oneLine = () => {
  if (process.platform === 'darwin') return 'brew install nats-server';
  return process.getuid?.() === 0
    ? 'apt-get update && apt-get install -y nats-server'
    : 'sudo apt-get update && sudo apt-get install -y nats-server';
};

/**
 * Makes sure that there is a nats-server on the PATH or in `binDir`.
 * @throws Error whose message has the one line to type when none is there and none can be fetched.
 */
export const provideNatsServer = async (binDir, say) => {
  if ((await isUsable('nats-server')) || (await isUsable(join(binDir, 'nats-server')))) return;
  say('Fetching nats-server …');
  if (await succeeds('brew', ['install', 'nats-server'])) return;
  if (await fetchFromDebian(binDir)) return;
  throw new Error(
    `nats-server (2.9 or later) is not on the PATH and could not be fetched. Type:\n\n  ${oneLine()}\n\n` +
      'or put the program into .passerelle/bin/, or set NATS_URL to a server of yours.',
  );
};
