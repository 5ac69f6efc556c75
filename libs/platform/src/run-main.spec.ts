import { EventEmitter, once } from 'node:events';
import { expect, it } from 'vitest';
import { ConfigError } from './config/config-error.js';
import { runMain, type Stoppable } from './run-main.js';

class FakeProcess extends EventEmitter {
  readonly codes: number[] = [];
  text = '';
  readonly stderr = { write: (text: string) => (this.text += text) };
  exit(code: number): void {
    this.codes.push(code);
  }
}

const run = (start: () => Promise<Stoppable>) => {
  const host = new FakeProcess();
  return { host, ended: runMain(start, host, () => ({})) };
};

it.each(['SIGTERM', 'SIGINT'] as const)('stops once on %s and ends with 0', async (signal) => {
  let stops = 0;
  const { host, ended } = run(() => Promise.resolve({ stop: async () => void stops++ }));
  host.emit(signal);
  await ended;
  expect([stops, host.codes, host.text]).toEqual([1, [0], '']);
});

it('stops what is still starting when the signal comes', async () => {
  const engine = new EventEmitter();
  let stops = 0;
  const { host, ended } = run(async () => {
    await once(engine, 'started');
    return { stop: async () => void stops++ };
  });
  host.emit('SIGTERM');
  engine.emit('started');
  await ended;
  expect([stops, host.codes]).toEqual([1, [0]]);
});

it('ends at once on the second signal', () => {
  const { host } = run(() => Promise.resolve({ stop: () => new Promise(() => {}) }));
  host.emit('SIGINT');
  expect(host.codes).toEqual([]);
  host.emit('SIGINT');
  expect(host.codes).toEqual([1]);
});

it('tells faults of the configuration plainly, and ends with 1', async () => {
  const fault = new ConfigError([{ variable: 'PORT', problem: 'must be a port' }]);
  const { host, ended } = run(() => Promise.reject(fault));
  await ended;
  expect(host.codes).toEqual([1]);
  expect(host.text).toBe(`${fault.message}\n`);
});

it('tells any other failure with its stack, of the start and of the stop', async () => {
  const start = run(() => Promise.reject(new Error('no engine')));
  await start.ended;
  expect(start.host.text).toMatch(/no engine\n\s+at /);
  const stop = run(() => Promise.resolve({ stop: () => Promise.reject(new Error('stuck')) }));
  stop.host.emit('SIGTERM');
  await stop.ended;
  expect([stop.host.codes, stop.host.text.includes('stuck')]).toEqual([[1], true]);
});
