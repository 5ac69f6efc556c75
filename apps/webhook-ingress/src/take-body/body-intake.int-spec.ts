import { gzipSync } from 'node:zlib';
import { InMemoryEventStore, RawConnection, rawCall } from '#testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DoorChanges } from '../start.js';
import {
  deliver,
  freshBody,
  rawHead,
  shapedHeaders,
  signedHeaders,
  startTestDoor,
  type TestDoor,
} from '../test-door.js';

const MIB = 1024 * 1024;

/** A log of its own: that of the run is shared, and other specs seal with other keys. */
const store = new InMemoryEventStore();

const start = async (intake: DoorChanges['intake'] = {}, mib = 64): Promise<TestDoor> => {
  const door = await startTestDoor(store, { WEBHOOK_BODIES_MIB: String(mib) }, { intake });
  onTestFinished(() => door.http.stop());
  return door;
};

const open = async ({ port }: TestDoor): Promise<RawConnection> => {
  const connection = await RawConnection.open(port);
  onTestFinished(() => connection.destroy());
  return connection;
};

const until = async (check: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + 20_000;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error('It did not come about.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const inFlight = (door: TestDoor): Promise<number> => door.figure('passerelle_webhook_body_bytes_in_flight');
const waiting = (door: TestDoor): Promise<number> => door.figure('passerelle_webhook_bodies_waiting');

const chunk = (bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.byteLength.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
const LAST_CHUNK = '0\r\n\r\n';

describe('a body of any length up to the limit', () => {
  it.each([
    ['one byte', 1],
    ['64 KiB', 64 * 1024],
    ['one byte more', 64 * 1024 + 1],
    ['5 MiB', 5 * MIB],
    ['64 MiB', 64 * MIB],
  ])('reaches the verifier as it was sent: %s', async (_, size) => {
    const door = await start();
    const body = Buffer.alloc(size, 'é ');
    expect((await deliver(door, body)).status).toBe(200);
    expect(await inFlight(door)).toBe(0);
  });

  it.each([
    ['a few bytes', [1, 2, 3]],
    ['up to a small body', [60_000, 5_536]],
    ['just beyond', [60_000, 5_537]],
    ['many pieces', Array.from({ length: 50 }, () => 100_000)],
  ])('reaches it in chunks, too: %s', async (_, sizes) => {
    const door = await start();
    const pieces = sizes.map((size, index) => Buffer.alloc(size, String(index)));
    const connection = await open(door);
    await connection.write(
      rawHead({ ...signedHeaders(Buffer.concat(pieces)), 'transfer-encoding': 'chunked' }),
    );
    for (const piece of pieces) await connection.write(chunk(piece));
    await connection.write(LAST_CHUNK);
    expect(await connection.answer()).toMatchObject({ status: 200 });
    expect(await inFlight(door)).toBe(0);
  });
});

describe('a body beyond the limit', () => {
  it('is refused by what its head says, before any of it is read', async () => {
    const door = await start();
    const head = rawHead({ ...shapedHeaders(), 'content-length': 64 * MIB + 1 });
    expect(await rawCall(door.port, head)).toMatchObject({ status: 413, headers: { connection: 'close' } });
  });

  it('is cut off by its count when it comes in chunks', async () => {
    const door = await start();
    const connection = await open(door);
    void connection.write(rawHead({ ...shapedHeaders(), 'transfer-encoding': 'chunked' }));
    const piece = chunk(Buffer.alloc(MIB));
    for (let n = 0; n < 66; n++) void connection.write(piece);
    expect(await connection.answer()).toMatchObject({ status: 413 });
    await connection.closed();
    expect(await inFlight(door)).toBe(0);
  });
});

describe('the room for all bodies in flight', () => {
  it('makes a large body wait unread, while small ones pass', async () => {
    const door = await start();
    const body = Buffer.alloc(40 * MIB, ' ');
    const first = await open(door);
    await first.write(rawHead({ ...signedHeaders(body), 'content-length': body.byteLength }));
    await until(async () => (await inFlight(door)) === body.byteLength);
    const second = await open(door);
    await second.write(rawHead({ ...signedHeaders(body), 'content-length': body.byteLength }));
    void second.write(body);
    await until(async () => (await waiting(door)) === 1);
    for (let n = 0; n < 20; n++) expect((await deliver(door, freshBody())).status).toBe(200);
    expect(second.unsent).toBeGreaterThan(30 * MIB);
    expect(await inFlight(door)).toBe(body.byteLength);
    void first.write(body);
    expect(await first.answer()).toMatchObject({ status: 200 });
    expect(await second.answer()).toMatchObject({ status: 200 });
    expect([await inFlight(door), await waiting(door)]).toEqual([0, 0]);
  });

  it('makes one that comes in chunks wait within it, unread', async () => {
    const door = await start();
    const large = Buffer.alloc(55 * MIB, ' ');
    const holder = await open(door);
    await holder.write(rawHead({ ...signedHeaders(large), 'content-length': large.byteLength }));
    await until(async () => (await inFlight(door)) === large.byteLength);
    const pieces = Array.from({ length: 20 }, () => Buffer.alloc(MIB, ' '));
    const second = await open(door);
    void second.write(rawHead({ ...signedHeaders(Buffer.concat(pieces)), 'transfer-encoding': 'chunked' }));
    for (const piece of pieces) void second.write(chunk(piece));
    void second.write(LAST_CHUNK);
    await until(async () => (await waiting(door)) === 1);
    for (let n = 0; n < 5; n++) expect((await deliver(door, freshBody())).status).toBe(200);
    expect(await inFlight(door)).toBeLessThanOrEqual(56 * MIB);
    expect(second.unsent).toBeGreaterThan(10 * MIB);
    void holder.write(large);
    expect(await holder.answer()).toMatchObject({ status: 200 });
    expect(await second.answer()).toMatchObject({ status: 200 });
    expect([await inFlight(door), await waiting(door)]).toEqual([0, 0]);
  });

  it('is refused after a while with 503, and is there again when the holder has left', async () => {
    const door = await start({ waitMs: 200 });
    const body = Buffer.alloc(40 * MIB, ' ');
    const holder = await open(door);
    await holder.write(rawHead({ ...shapedHeaders(), 'content-length': body.byteLength }));
    await until(async () => (await inFlight(door)) === body.byteLength);
    const head = rawHead({ ...signedHeaders(body), 'content-length': body.byteLength });
    expect(await rawCall(door.port, head)).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    holder.destroy();
    await until(async () => (await inFlight(door)) === 0);
    expect((await deliver(door, body)).status).toBe(200);
    expect([await door.count('busy'), await door.count('broken-off')]).toEqual([1, 1]);
  });
});

describe('a sender that is too slow', () => {
  const pace = { idleMs: 200, bytesPerSecond: 128 * 1024 };

  it.each([
    ['sends nothing', 1_000, 0],
    ['falls silent within a small body', 1_000, 10],
    ['falls silent within a large body', 10 * MIB, 100_000],
  ])('is cut off when it %s', async (_, length, sent) => {
    const door = await start({ pace });
    const connection = await open(door);
    await connection.write(rawHead({ ...shapedHeaders(), 'content-length': length }));
    await connection.write(Buffer.alloc(sent));
    expect(await connection.answer()).toMatchObject({ status: 408 });
    await connection.closed();
    expect([await inFlight(door), await door.count('slow')]).toEqual([0, 1]);
  });

  it('is cut off when it keeps giving next to nothing', async () => {
    const door = await start({ pace });
    const connection = await open(door);
    await connection.write(rawHead({ ...shapedHeaders(), 'content-length': 10 * MIB }));
    const trickle = setInterval(() => void connection.write('x'), 20);
    onTestFinished(() => clearInterval(trickle));
    expect(await connection.answer()).toMatchObject({ status: 408 });
  });

  it('is not one that waits for room by our doing', async () => {
    const door = await start({ pace: { idleMs: 1_000, bytesPerSecond: 64 * 1024 } });
    const body = Buffer.alloc(40 * MIB, ' ');
    const head = rawHead({ ...signedHeaders(body), 'content-length': body.byteLength });
    const holder = await open(door);
    await holder.write(head);
    const keep = setInterval(() => void holder.write(Buffer.alloc(64 * 1024)), 50);
    onTestFinished(() => clearInterval(keep));
    await until(async () => (await inFlight(door)) === body.byteLength);
    const second = await open(door);
    void second.write(head);
    void second.write(body);
    await until(async () => (await waiting(door)) === 1);
    const waitedFrom = performance.now();
    await until(() => Promise.resolve(performance.now() - waitedFrom > 3_000));
    clearInterval(keep);
    holder.destroy();
    expect(await second.answer()).toMatchObject({ status: 200 });
  });
});

const json = (): Buffer<ArrayBuffer> => Buffer.from(freshBody('words '.repeat(50_000)));

describe('a body that comes compressed', () => {
  const gzipped = { 'content-encoding': 'gzip' };

  it.each([
    ['as it came', (raw: Uint8Array) => raw],
    ['as it was before', (_: Uint8Array, plain: Uint8Array) => plain],
  ])('is verified and understood when it was signed %s', async (_, signedPart) => {
    const door = await start();
    const plain = json();
    const raw = Buffer.from(gzipSync(plain));
    const headers = { ...signedHeaders(signedPart(raw, plain)), ...gzipped };
    const answer = await deliver(door, raw, headers);
    expect(answer.status).toBe(200);
    const { id_webhook_data: id } = JSON.parse(plain.toString()) as { id_webhook_data: number };
    expect(await answer.json()).toEqual({ status: 'accepted', deliveryId: `powens_${id}` });
    expect(await inFlight(door)).toBe(0);
  });

  it('is refused when neither was signed, and when it is no gzip', async () => {
    const door = await start();
    expect((await deliver(door, gzipSync(json()), { ...shapedHeaders(), ...gzipped })).status).toBe(401);
    expect((await deliver(door, json(), { ...shapedHeaders(), ...gzipped })).status).toBe(401);
  });

  it('is stored all the same when it is signed as it came and no gzip, or cut off', async () => {
    const door = await start();
    const whole = gzipSync(json());
    for (const raw of [json(), whole.subarray(0, whole.byteLength - 20)]) {
      const body = Buffer.from(raw);
      expect((await deliver(door, body, { ...signedHeaders(body), ...gzipped })).status).toBe(200);
    }
  });

  it.each([
    ['junk', shapedHeaders],
    ['signed', signedHeaders],
  ])('and is a bomb (%s) is cut off at the limit', async (_, headersOf) => {
    const door = await start();
    const bomb = gzipSync(Buffer.alloc(80 * MIB));
    const before = process.memoryUsage().rss;
    expect((await deliver(door, bomb, { ...headersOf(bomb), ...gzipped })).status).toBe(413);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * MIB);
    expect(await inFlight(door)).toBe(0);
  });

  it('in a way that we do not undo is stored when it is signed as it came, and else a body that we do not support', async () => {
    const door = await start();
    const body = Buffer.from(freshBody());
    const brotli = { 'content-encoding': 'br' };
    expect((await deliver(door, body, { ...signedHeaders(body), ...brotli })).status).toBe(200);
    expect((await deliver(door, body, { ...shapedHeaders(), ...brotli })).status).toBe(415);
  });
});
