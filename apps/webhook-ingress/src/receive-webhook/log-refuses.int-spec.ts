import type { EventStore } from '#event-store';
import { InMemoryEventStore } from '#testing';
import { expect, it, onTestFinished } from 'vitest';
import { deliver, freshBody, startTestDoor } from '../test-door.js';

it('answers 503 when the log refuses a delivery, says why in the log alone, and takes it when it comes again', async () => {
  const store = new InMemoryEventStore();
  const refusals: Error[] = [
    new Error('Access to the stream is denied.'),
    new RangeError('It takes 16 bytes.'),
  ];
  const picky: EventStore = Object.create(store) as EventStore;
  picky.append = (stream, expected, events) => {
    const refusal = refusals.shift();
    return refusal ? Promise.reject(refusal) : store.append(stream, expected, events);
  };
  picky.readStream = (...args) => store.readStream(...args);
  picky.ping = () => store.ping();
  const door = await startTestDoor(picky);
  onTestFinished(() => door.http.stop());
  const body = freshBody();
  for (const why of ['Access to the stream is denied.', 'It takes 16 bytes.']) {
    const answer = await deliver(door, body);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.json()).toEqual({ error: 'Not stored; deliver again' });
    expect(door.lines.join()).toContain(`A delivery was not stored: ${why}`);
  }
  expect(await (await deliver(door, body)).json()).toMatchObject({ status: 'accepted' });
  expect(await door.count('log-refused')).toBe(2);
  expect((await fetch(`${door.http.url}/health/ready`)).status).toBe(200);
});
