import { randomUUID } from 'node:crypto';
import { StopFeed } from '#kernel';
import { engineUrls } from '#testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureCheckpoint, moveCheckpoint, moveCheckpointAlone, readCheckpoint } from './checkpoints.js';
import { Database } from './database.js';
import { prepareOwnTables } from './own-tables.js';

let db: Database;

beforeAll(async () => {
  db = new Database(engineUrls().databaseUrl, { poolSize: 1 });
  await prepareOwnTables(db);
});
afterAll(() => db.close());

const begun = async (): Promise<string> => {
  const name = `checkpoint_${randomUUID().replaceAll('-', '')}`;
  await ensureCheckpoint(db, name, { logId: 'log', position: null });
  return name;
};

describe.each([
  ['in a transaction', moveCheckpoint],
  ['alone', moveCheckpointAlone],
])('a checkpoint moved %s', (_, move) => {
  it('stands where it was moved to', async () => {
    const name = await begun();
    await move(db, name, null, 5n);
    await move(db, name, 5n, 9n);
    expect(await readCheckpoint(db, name)).toEqual({ logId: 'log', position: 9n });
  });

  it('is not moved when another copy moved it', async () => {
    const name = await begun();
    await move(db, name, null, 5n);
    await expect(move(db, name, null, 7n)).rejects.toBeInstanceOf(StopFeed);
    expect(await readCheckpoint(db, name)).toMatchObject({ position: 5n });
  });
});

it('a checkpoint moved alone leaves the next commit of the connection durable', async () => {
  const name = await begun();
  await moveCheckpointAlone(db, name, null, 5n);
  expect(await db.query('SHOW synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
});
