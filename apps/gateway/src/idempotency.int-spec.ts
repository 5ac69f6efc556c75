import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { Database } from '#read-model';
import { engineUrls } from '#testing';
import { generateKey, Vault } from '#vault';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, callId, Idempotency } from './idempotency.js';

const anna = { name: 'tenant:a', scope: 'a' };
const bert = { name: 'tenant:b', scope: 'b' };

let db: Database;
let answers: Idempotency;

beforeAll(async () => {
  db = new Database(engineUrls().databaseUrl);
  answers = new Idempotency(db, new Vault(generateKey()));
  await answers.prepare();
});

afterAll(() => db.close());

const worker = () => {
  let calls = 0;
  return {
    work: async (): Promise<Answer<object>> => {
      calls += 1;
      return { status: 201, body: { n: calls, linkUrl: 'https://bank.example/?code=secret' } };
    },
    calls: () => calls,
  };
};

describe('a call with an Idempotency-Key', () => {
  it('is carried out once, also when it comes sixteen times at once', async () => {
    const { work, calls } = worker();
    const key = randomUUID();
    const all = await Promise.all(
      Array.from({ length: 16 }, () => answers.once(anna, key, { a: 1, b: 2 }, work)),
    );
    all.push(await answers.once(anna, key, { b: 2, a: 1 }, work));
    expect(calls()).toBe(1);
    expect(new Set(all.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it('belongs to its caller, and a call without one is carried out each time', async () => {
    const { work, calls } = worker();
    const key = randomUUID();
    await answers.once(anna, key, {}, work);
    await answers.once(bert, key, {}, work);
    expect(calls()).toBe(2);
    await answers.once(anna, undefined, {}, work);
    await answers.once(anna, undefined, {}, work);
    expect(calls()).toBe(4);
  });

  it('is refused for another request', async () => {
    const { work, calls } = worker();
    const key = randomUUID();
    await answers.once(anna, key, { a: 1 }, work);
    await expect(answers.once(anna, key, { a: 2 }, work)).rejects.toMatchObject({
      code: 'idempotency.key-reused',
    });
    expect(calls()).toBe(1);
  });

  it('may be repeated after an error', async () => {
    const { work, calls } = worker();
    const key = randomUUID();
    await expect(answers.once(anna, key, {}, () => Promise.reject(new Error('away')))).rejects.toThrow(
      'away',
    );
    expect((await answers.once(anna, key, {}, work)).status).toBe(201);
    expect(calls()).toBe(1);
  });

  it('takes the place of a first call that died with its process', async () => {
    const { work, calls } = worker();
    const key = randomUUID();
    const silence = new EventEmitter();
    const first = answers.once(anna, key, {}, async () => {
      await once(silence, 'over');
      return { status: 201, body: {} };
    });
    const age = () =>
      db.execute(
        `UPDATE gateway.answers SET created_at = created_at - interval '61 seconds' WHERE key = $1`,
        [key],
      );
    await expect.poll(age).toBe(1);
    await answers.once(anna, key, {}, work);
    expect(calls()).toBe(1);
    silence.emit('over');
    await first;
  });

  it('keeps nothing readable of an answer, and forgets it after a week', async () => {
    const { work, calls } = worker();
    const key = randomUUID();
    await answers.once(anna, key, {}, work);
    const [row] = await db.query<{ text: string }>(
      'SELECT answers::text AS text FROM gateway.answers WHERE key = $1',
      [key],
    );
    expect(row?.text).toContain(key);
    expect(row?.text).not.toContain('code=secret');
    await answers.forgetOld();
    await answers.once(anna, key, {}, work);
    expect(calls()).toBe(1);
    await db.execute(`UPDATE gateway.answers SET created_at = now() - interval '8 days' WHERE key = $1`, [
      key,
    ]);
    await answers.forgetOld();
    await answers.once(anna, key, {}, work);
    expect(calls()).toBe(2);
  });
});

describe('the id of a call', () => {
  it('is the same for the same caller, action and key, and fresh without a key', () => {
    expect(callId(anna, 'open', 'k')).toBe(callId(anna, 'open', 'k'));
    const others = [callId(bert, 'open', 'k'), callId(anna, 'sync', 'k'), callId(anna, 'open', 'l')];
    expect(new Set([callId(anna, 'open', 'k'), ...others]).size).toBe(4);
    expect(callId(anna, 'open', undefined)).not.toBe(callId(anna, 'open', undefined));
  });
});
