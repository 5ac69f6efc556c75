import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError } from './engine.js';
import { identityOf } from './processes.js';

interface Owner {
  readonly pid: number;
  readonly identity: string | undefined;
}

const ownerOf = (file: string): Owner | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch {
    return undefined;
  }
};

const isAlive = async (owner: Owner | undefined): Promise<boolean> =>
  owner?.identity !== undefined && (await identityOf(owner.pid)) === owner.identity;

/** Both files at once or an error: the content is there from the first moment on. */
const tryLink = (from: string, to: string): boolean => {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

const inUse = (dir: string, owner: Owner | undefined): EngineError =>
  new EngineError(
    'engine.data-dir-in-use',
    `${dir} is in use by process ${owner?.pid}: stop that one, or set PASSERELLE_DATA_DIR to another folder.`,
  );

/** Moves a dead owner's claim out of the way; throws when the owner turns out to be alive. */
const dispossess = async (dir: string, claim: string): Promise<void> => {
  const owner = ownerOf(claim);
  if (await isAlive(owner)) throw inUse(dir, owner);
  const aside = `${claim}.${randomUUID()}`;
  try {
    renameSync(claim, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  // Somebody may have claimed the folder between the look and the move: then what was moved is theirs.
  const moved = ownerOf(aside);
  const mistaken = await isAlive(moved);
  if (mistaken) tryLink(aside, claim);
  rmSync(aside, { force: true });
  if (mistaken) throw inUse(dir, moved);
};

/** A folder that this process alone may use, until `release`. */
export interface ClaimedDir {
  /** Absolute and without symbolic links, so that it is spelt the same in every process list. */
  readonly path: string;
  release(this: void): void;
}

/**
 * Claims a data folder, creating it when missing. A claim ends with its process, in whatever way that ends.
 * @throws EngineError `engine.data-dir-in-use` while a live process, this one included, holds it.
 */
export const claimDataDir = async (dir: string): Promise<ClaimedDir> => {
  mkdirSync(dir, { recursive: true });
  const path = realpathSync(dir);
  const claim = join(path, 'owner.lock');
  const mine = join(path, `owner.${randomUUID()}`);
  writeFileSync(mine, JSON.stringify({ pid: process.pid, identity: await identityOf(process.pid) }));
  try {
    while (!tryLink(mine, claim)) await dispossess(path, claim);
  } finally {
    rmSync(mine, { force: true });
  }
  return { path, release: () => rmSync(claim, { force: true }) };
};
