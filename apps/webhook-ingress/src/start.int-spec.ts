import { type RecordedEvent, streamOf } from '#kernel';
import { InMemoryEventStore, RawConnection, rawCall } from '#testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DoorChanges } from './start.js';
import {
  deliver,
  freshBody,
  rawHead,
  shapedHeaders,
  signedHeaders,
  startTestDoor,
  type TestDoor,
} from './test-door.js';

/** A log of its own: that of the run is shared, and other specs seal with other keys. */
const store = new InMemoryEventStore();

const start = async (
  settings: Readonly<Record<string, string>> = {},
  changes: DoorChanges = {},
): Promise<TestDoor> => {
  const door = await startTestDoor(store, settings, changes);
  onTestFinished(() => door.http.stop());
  return door;
};

const stored = async (deliveryId: string): Promise<readonly RecordedEvent[]> => {
  const events: RecordedEvent[] = [];
  for await (const event of store.readStream(streamOf('delivery', deliveryId))) events.push(event);
  return events;
};

const deliveryIdOf = async (answer: Response): Promise<string> =>
  ((await answer.json()) as { readonly deliveryId: string }).deliveryId;

it('delivers, and tells of what it did in figures', async () => {
  const door = await start();
  const body = freshBody();
  const headers = signedHeaders(body);
  expect(await (await deliver(door, body, headers)).json()).toMatchObject({ status: 'accepted' });
  expect(await (await deliver(door, body, headers)).json()).toMatchObject({ status: 'duplicate' });
  expect((await deliver(door, body, shapedHeaders())).status).toBe(401);
  expect(
    await Promise.all(['accepted', 'duplicate', 'wrong-signature'].map((outcome) => door.count(outcome))),
  ).toEqual([1, 1, 1]);
  expect(await door.figure('passerelle_webhook_append_duration_seconds_count')).toBe(2);
  expect(await door.figure('passerelle_webhook_body_bytes_in_flight')).toBe(0);
});

describe('a header that holds a token of the user', () => {
  it('is seen by nobody: it is in no hook, no line and no event', async () => {
    const seen: unknown[] = [];
    const configure: DoorChanges['configure'] = (app) => {
      const fastify = app.getHttpAdapter().getInstance();
      fastify.addHook('onRequest', ({ headers, raw }, _reply, done) => {
        seen.push(headers, raw.headers, raw.rawHeaders, raw.headersDistinct);
        done();
      });
    };
    const door = await start({}, { configure });
    const body = freshBody();
    const canary = 'canary-bank-token';
    const secrets = { authorization: `Bearer ${canary}`, cookie: canary, 'proxy-authorization': canary };
    const good = await deliver(door, body, { ...signedHeaders(body), ...secrets });
    expect(good.status).toBe(200);
    expect((await deliver(door, body, { ...shapedHeaders(), ...secrets })).status).toBe(401);
    expect((await fetch(`${door.http.url}/nowhere`, { headers: secrets })).status).toBe(404);
    const events = await stored(await deliveryIdOf(good));
    expect(events).toHaveLength(1);
    expect(JSON.stringify(events.map(({ data, metadata }) => [data, metadata]))).not.toContain(canary);
    expect(door.lines.join('')).not.toContain(canary);
    expect(seen.length).toBeGreaterThan(8);
    expect(JSON.stringify(seen)).not.toContain(canary);
  });
});

describe('a sender that asks before it sends its body', () => {
  it('is told to go on when its head may be right', async () => {
    const door = await start();
    const body = freshBody();
    const connection = await RawConnection.open(door.port);
    onTestFinished(() => connection.destroy());
    await connection.write(
      rawHead({ ...signedHeaders(body), 'content-length': body.length, expect: '100-continue' }),
    );
    expect(await connection.answer()).toMatchObject({ status: 100 });
    await connection.write(body);
    expect(await connection.answer()).toMatchObject({ status: 200 });
  });

  it('is answered at once when it is not', async () => {
    const door = await start();
    const head = rawHead({ 'content-length': 1_000_000, expect: '100-continue' });
    expect(await rawCall(door.port, head)).toMatchObject({ status: 401, headers: { connection: 'close' } });
  });
});

describe('a head that is condemned', () => {
  it('is answered before its body is read, and its connection is closed when much of it is left', async () => {
    const door = await start();
    const connection = await RawConnection.open(door.port);
    await connection.write(rawHead({ 'content-length': 60_000_000 }));
    expect(await connection.answer()).toMatchObject({ status: 401, body: '{"error":"Invalid signature"}' });
    await connection.closed();
  });

  it('leaves the connection as it is when little is left', async () => {
    const door = await start();
    const connection = await RawConnection.open(door.port);
    onTestFinished(() => connection.destroy());
    await connection.write(rawHead({ 'content-length': 4 }));
    expect(await connection.answer()).toMatchObject({ status: 401 });
    const body = freshBody();
    await connection.write(
      `ab\r\n${rawHead({ ...signedHeaders(body), 'content-length': body.length })}${body}`,
    );
    expect(await connection.answer()).toMatchObject({ status: 200 });
  });
});

const junk = (door: TestDoor, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  deliver(door, 'junk', headers);

const failUntilLimited = async (door: TestDoor, headers: Readonly<Record<string, string>>): Promise<void> => {
  const answers = await Promise.all(Array.from({ length: 80 }, () => junk(door, headers)));
  expect(answers.map(({ status }) => status)).toEqual(expect.arrayContaining([401, 429]));
};

describe('whoever fails too often', () => {
  it('is refused at once, and a delivery that is signed right passes from the same address', async () => {
    const door = await start();
    await failUntilLimited(door, {});
    const limited = await junk(door);
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '1']);
    const flood = Array.from({ length: 50 }, () => deliver(door, 'junk', shapedHeaders()));
    for (const size of [0, 200_000]) {
      const answer = await deliver(door, freshBody('x'.repeat(size)));
      expect(answer.status).toBe(200);
    }
    expect(new Set((await Promise.all(flood)).map(({ status }) => status))).toEqual(new Set([401]));
  });

  it('is known by the address that a trusted proxy tells, and by no other', async () => {
    const trusting = await start({ WEBHOOK_TRUSTED_PROXIES: '127.0.0.1' });
    await failUntilLimited(trusting, { 'x-forwarded-for': '203.0.113.7' });
    expect((await junk(trusting, { 'x-forwarded-for': '203.0.113.7' })).status).toBe(429);
    expect((await junk(trusting, { 'x-forwarded-for': '203.0.113.8' })).status).toBe(401);
    const wary = await start();
    await failUntilLimited(wary, { 'x-forwarded-for': '203.0.113.7' });
    expect((await junk(wary, { 'x-forwarded-for': '203.0.113.8' })).status).toBe(429);
  });
});
