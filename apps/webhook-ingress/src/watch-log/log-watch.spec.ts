import { createLogger } from '#platform';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { LogWatch } from './log-watch.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

const scene = () => {
  let answer: Error | null = null;
  let looks = 0;
  const lines: string[] = [];
  const logger = createLogger({ app: 'spec', destination: { write: (line) => void lines.push(line) } });
  const ping = (): Promise<void> => {
    looks++;
    return answer ? Promise.reject(answer) : Promise.resolve();
  };
  const watch = new LogWatch({ ping, logger, everyMs: 1_000, awayEveryMs: 100 });
  watch.start();
  onTestFinished(() => watch.stop());
  return {
    watch,
    lines,
    looks: () => looks,
    break: () => (answer = new Error('refused')),
    mend: () => (answer = null),
  };
};

describe('what is known of the log', () => {
  it('is that it is away after two looks in a row, and that it is back after one', async () => {
    const { watch, break: breakLog, mend } = scene();
    await pass(0);
    breakLog();
    await pass(1_000);
    expect(watch.problem).toBeNull();
    await pass(1_000);
    expect(watch.problem).toBe('refused');
    await pass(60_000);
    expect(watch.problem).toBe('refused');
    mend();
    await pass(100);
    expect(watch.problem).toBeNull();
  });

  it('is learned from an append at once, and is told once each time', async () => {
    const { watch, lines, mend, break: breakLog } = scene();
    await pass(0);
    breakLog();
    watch.failed(new Error('no answer'));
    watch.failed(new Error('no answer'));
    expect(watch.problem).toBe('no answer');
    await pass(1_000);
    expect(watch.problem).toBe('no answer');
    mend();
    await pass(100);
    expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(['warn', 'info']);
  });

  it('is looked for no more than now and then, and not after the stop', async () => {
    const { watch, looks } = scene();
    await pass(10_000);
    expect(looks()).toBe(11);
    watch.stop();
    await pass(10_000);
    expect(looks()).toBe(11);
  });
});
