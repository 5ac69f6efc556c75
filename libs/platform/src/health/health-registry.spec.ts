import { expect, it } from 'vitest';
import { HealthRegistry } from './health-registry.js';

it('is ready with all its parts, and names those that fail, slow ones too', async () => {
  const health = new HealthRegistry({ answerWithinMs: 20 });
  expect(await health.report()).toEqual({ status: 'ok', parts: {} });
  health.add({ name: 'nats', check: () => Promise.resolve(null) });
  health.add({ name: 'log', check: () => Promise.resolve('12 positions behind') });
  health.add({ name: 'postgres', check: () => Promise.reject(new Error('refused')) });
  health.add({ name: 'bank', check: () => new Promise(() => {}) });
  expect(await health.report()).toEqual({
    status: 'unavailable',
    parts: {
      nats: { status: 'up', detail: null },
      log: { status: 'down', detail: '12 positions behind' },
      postgres: { status: 'down', detail: 'refused' },
      bank: { status: 'down', detail: 'no answer within 0.02 s' },
    },
  });
});

it('is not ready once it stops', async () => {
  const health = new HealthRegistry();
  health.drain();
  expect(await health.report()).toMatchObject({
    status: 'unavailable',
    parts: { process: { detail: 'is stopping' } },
  });
});

it('refuses two parts of one name, of which one would hide the other', () => {
  const health = new HealthRegistry();
  health.add({ name: 'nats', check: () => Promise.resolve(null) });
  expect(() => health.add({ name: 'nats', check: () => Promise.resolve('down') })).toThrow(
    'two health checks named "nats"',
  );
});
