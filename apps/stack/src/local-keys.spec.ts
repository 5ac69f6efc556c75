import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localKeys } from './local-keys.js';

describe('the keys of a data folder', () => {
  let dataDir: string;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'passerelle-keys-'));
  });

  afterEach(() => rm(dataDir, { recursive: true }));

  it('are made once, for their owner only', async () => {
    const keys = await localKeys(dataDir);
    expect(await localKeys(dataDir)).toEqual(keys);
    expect((await stat(join(dataDir, 'keys.json'))).mode & 0o777).toBe(0o600);
  });

  // Whatever that key sealed would be lost for ever.
  it('are not made anew when the file is there and cannot be read', async () => {
    await mkdir(join(dataDir, 'keys.json'));
    await expect(localKeys(dataDir)).rejects.toMatchObject({ code: 'EISDIR', syscall: 'read' });
    expect(await readdir(dataDir)).toEqual(['keys.json']);
  });
});
