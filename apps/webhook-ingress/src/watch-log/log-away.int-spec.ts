import { type EventStore, EventStoreUnavailable } from '#event-store';
import { InMemoryEventStore } from '#testing';
import { expect, it, onTestFinished } from 'vitest';
import { deliver, freshBody, shapedHeaders, startTestDoor } from '../test-door.js';

/** A log of its own: that of the run is shared, and other specs seal with other keys. */
const store = new InMemoryEventStore();

/** The log behind a line that can be cut: what is sent then hangs until its time is over. */
const cuttable = () => {
  let isCut = false;
  const orHang = async <T>(ms: number, work: () => Promise<T>): Promise<T> => {
    if (!isCut) return work();
    await new Promise((resolve) => setTimeout(resolve, ms));
    throw new EventStoreUnavailable('no answer');
  };
  const line: EventStore = Object.create(store) as EventStore;
  line.append = (stream, expected, events, { timeoutMs = 10_000 } = {}) =>
    orHang(timeoutMs, () => store.append(stream, expected, events));
  line.ping = () => orHang(2_000, () => store.ping());
  line.readStream = (stream, options) => store.readStream(stream, options);
  return {
    line,
    cut: () => (isCut = true),
    mend: () => (isCut = false),
  };
};

it('answers 503 at once while the log is known to be away, and stores again when it is back', async () => {
  const { line, cut, mend } = cuttable();
  const door = await startTestDoor(line);
  onTestFinished(() => door.http.stop());
  expect((await deliver(door, freshBody())).status).toBe(200);
  cut();
  const first = await deliver(door, freshBody());
  expect([first.status, first.headers.get('retry-after')]).toEqual([503, '5']);
  const lost = freshBody();
  const from = performance.now();
  for (let n = 0; n < 20; n++) expect((await deliver(door, lost)).status).toBe(503);
  expect((await deliver(door, freshBody('x'.repeat(1_000_000)))).status).toBe(503);
  expect(performance.now() - from).toBeLessThan(2_000);
  expect((await deliver(door, lost, shapedHeaders())).status).toBe(401);
  const ready = await fetch(`${door.http.url}/health/ready`);
  expect([ready.status, await ready.json()]).toMatchObject([
    503,
    { parts: { 'event-store': { status: 'down' } } },
  ]);
  mend();
  const deadline = Date.now() + 10_000;
  let again = await deliver(door, lost);
  while (again.status === 503 && Date.now() < deadline) again = await deliver(door, lost);
  expect(await again.json()).toMatchObject({ status: 'accepted' });
  expect((await fetch(`${door.http.url}/health/ready`)).status).toBe(200);
  expect(await door.count('log-unavailable')).toBeGreaterThan(21);
});
