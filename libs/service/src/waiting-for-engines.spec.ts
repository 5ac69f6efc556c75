import { EventStoreUnavailable } from '#event-store';
import { NatsUnavailable, RetryLater } from '#messaging';
import { DatabaseUnavailable } from '#read-model';
import { describe, expect, it } from 'vitest';
import { waitingForEngines } from './waiting-for-engines.js';

const failing = (error: Error) => async (): Promise<never> => {
  throw error;
};

describe('waitingForEngines', () => {
  it.each([
    new EventStoreUnavailable('away'),
    new NatsUnavailable('away'),
    new DatabaseUnavailable(new Error('away')),
  ])('postpones what could not be tried: %s', async (error) => {
    const outcome = waitingForEngines(failing(error));
    await expect(outcome).rejects.toBeInstanceOf(RetryLater);
    await expect(outcome).rejects.toMatchObject({ cause: error });
  });

  it('leaves answers and other failures alone', async () => {
    expect(await waitingForEngines(async () => 7)).toBe(7);
    const failure = new Error('a bug');
    await expect(waitingForEngines(failing(failure))).rejects.toBe(failure);
  });
});
