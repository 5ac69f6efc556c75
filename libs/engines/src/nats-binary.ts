import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EngineError } from './engine.js';

const run = promisify(execFile);

/** A nats-server program that was found, and its version. */
export interface NatsBinary {
  readonly path: string;
  readonly major: number;
  readonly minor: number;
}

const OLDEST_MINOR = 9;

const probe = async (path: string): Promise<NatsBinary | undefined> => {
  const { stdout } = await run(path, ['--version']).catch(() => ({ stdout: '' }));
  const version = /v(\d+)\.(\d+)\.\d+/.exec(stdout);
  if (!version) return undefined;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  return major > 2 || (major === 2 && minor >= OLDEST_MINOR) ? { path, major, minor } : undefined;
};

/**
 * The nats-server (2.9 or later) on the PATH, else the one in `binDir`, where `scripts/prepare.mjs` puts it.
 * @throws EngineError `engine.binary-missing` with the line to type.
 */
export const findNatsServer = async (binDir: string): Promise<NatsBinary> => {
  const found = (await probe('nats-server')) ?? (await probe(join(binDir, 'nats-server')));
  if (found) return found;
  throw new EngineError(
    'engine.binary-missing',
    `There is no nats-server 2.${OLDEST_MINOR} or later on the PATH or in ${binDir}: run node scripts/prepare.mjs, or set NATS_URL.`,
  );
};
