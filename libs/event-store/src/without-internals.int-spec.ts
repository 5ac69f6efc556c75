import { expect, it, onTestFinished, vi } from 'vitest';
import { engineUrls } from '#testing';
import { collect, counted, freshCategory, numbersOf } from './event-store.suite.js';
import { WrongExpectedRevision } from './event-store.js';
import { KurrentEventStore } from './kurrent-event-store.js';

// As it would be after an upgrade of the client that takes away what our own calls lean on.
vi.mock('./kurrent-internals.js', () => ({ internalsOf: () => undefined }));

it('appends and reads by the public calls of the client alone, each append exactly once', async () => {
  const store = new KurrentEventStore(engineUrls().eventStoreUrl);
  onTestFinished(() => store.close());
  const category = freshCategory();
  const first = counted(0);
  const { position } = await store.append(`${category}-1`, 'no-stream', [first]);
  expect((await store.append(`${category}-1`, 'no-stream', [first])).position).toBe(position);
  await expect(store.append(`${category}-1`, 'no-stream', [counted(9)])).rejects.toThrow(
    WrongExpectedRevision,
  );
  expect((await store.append(`${category}-1`, 0n, [counted(1), counted(2)])).revision).toBe(2n);
  // More than the client's own call bears in flight.
  const many = Array.from({ length: 100 }, (_, n) => n);
  await Promise.all(many.map((n) => store.append(`${category}-m${n}`, 'no-stream', [counted(n)])));
  expect(numbersOf(await collect(store.readStream(`${category}-1`)))).toEqual([0, 1, 2]);
  for (const n of many) expect(numbersOf(await collect(store.readStream(`${category}-m${n}`)))).toEqual([n]);
}, 30_000);
