import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

export type RawEnvironment = Readonly<Record<string, string | undefined>>;

const fileText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
};

/** The process's environment over what `.env` in `folder` says; a missing file is an empty one. */
export const readEnvironment = (folder = '.', env: RawEnvironment = process.env): RawEnvironment => ({
  ...parseEnv(fileText(join(folder, '.env'))),
  ...env,
});
