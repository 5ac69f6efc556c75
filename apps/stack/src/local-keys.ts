import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateKey } from '#vault';

/** Secrets of the embedded default: made on the first start, kept in the data folder, readable by its owner only. */
export interface LocalKeys {
  readonly encryptionKey: string;
  readonly apiKey: string;
  readonly sandboxClientSecret: string;
  readonly sandboxWebhookSecret: string;
}

const OWNER_ONLY = 0o600;
const random = (): string => randomBytes(24).toString('base64url');

const freshKeys = (): LocalKeys => ({
  encryptionKey: generateKey(),
  apiKey: `pk_${random()}`,
  sandboxClientSecret: random(),
  sandboxWebhookSecret: random(),
});

/** A file that is there and cannot be read must not be replaced: what its key sealed would be lost for ever. */
const nullWhenAbsent = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT') return null;
  throw error;
};

/** The keys of this data folder; a half-written file is never read, because it is renamed into place. */
export const localKeys = async (dataDir: string): Promise<LocalKeys> => {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'keys.json');
  const kept = await readFile(path, 'utf8').catch(nullWhenAbsent);
  if (kept !== null) return { ...freshKeys(), ...(JSON.parse(kept) as LocalKeys) };
  const keys = freshKeys();
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, JSON.stringify(keys, null, 2), { mode: OWNER_ONLY });
  await chmod(temporary, OWNER_ONLY);
  await rename(temporary, path);
  return keys;
};
