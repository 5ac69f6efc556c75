import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Store } from '../store.js';
import { Chance } from './chance.js';
import { Timeline, type Due } from './timeline.js';
import { VirtualClock } from './virtual-clock.js';

const START = Date.parse('2026-03-01T05:00:00Z');
let folder: string;
let store: Store;
let machineMs: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-bank-'));
  store = new Store(folder);
  machineMs = START;
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

const newClock = (): VirtualClock => new VirtualClock(store, () => machineMs);

it('shows the machine’s time, another one that runs on, or one that stands still, also after a restart', () => {
  const clock = newClock();
  expect(clock.now()).toBe(START);
  clock.set(START + 1_000, 'running');
  machineMs += 10;
  expect([clock.now(), newClock().now()]).toEqual([START + 1_010, START + 1_010]);
  clock.set(START, 'frozen');
  machineMs += 10;
  expect([clock.now(), newClock().now(), newClock().isFrozen]).toEqual([START, START, true]);
  clock.reset();
  expect([clock.now(), newClock().isFrozen]).toEqual([machineMs, false]);
});

it('lets everything happen at its own time and in order, and what is overdue at once', () => {
  const clock = newClock();
  clock.set(START, 'frozen');
  const seen: string[] = [];
  const waiting: Due[] = [];
  const plan = (name: string, afterMs: number, then?: () => void): void => {
    waiting.push({
      atMs: START + afterMs,
      what: name,
      run: () => {
        waiting.splice(
          waiting.findIndex(({ what }) => what === name),
          1,
        );
        seen.push(`${name}@${clock.now() - START}`);
        then?.();
      },
    });
  };
  plan('overdue', -5);
  plan('second', 20, () => plan('born', 25));
  plan('first', 10);
  plan('never', 1_000);
  const sorted = (): Due | undefined => waiting.toSorted((a, b) => a.atMs - b.atMs)[0];
  const happened = new Timeline(clock, [sorted]).advance(30);
  expect(seen).toEqual(['overdue@0', 'first@10', 'second@20', 'born@25']);
  expect(happened.map(({ what }) => what)).toEqual(['overdue', 'first', 'second', 'born']);
  expect(clock.now()).toBe(START + 30);
});

it('takes the earliest of several sources, and at one time the first of them', () => {
  const clock = newClock();
  clock.set(START, 'frozen');
  const seen: string[] = [];
  const source = (name: string, ...afterMs: number[]) => {
    const times = [...afterMs];
    return (): Due | undefined => {
      const [first] = times;
      return first === undefined
        ? undefined
        : { atMs: START + first, what: name, run: () => void seen.push(`${name}${times.shift()}`) };
    };
  };
  new Timeline(clock, [source('late', 9, 10), source('early', 5, 10, 12)]).advance(11);
  expect(seen).toEqual(['early5', 'late9', 'late10', 'early10']);
});

it('draws by chance while the clock runs, and by the seed while it stands', () => {
  const clock = newClock();
  const draw = (seed: string): string => new Chance(store, clock, seed).bytes(8).toString('hex');
  expect(draw('a')).not.toBe(draw('a'));
  clock.set(START, 'frozen');
  const drawn = [draw('a'), draw('a')];
  store.run('UPDATE sandbox_chance SET drawn = 0');
  expect([draw('a'), draw('a')]).toEqual(drawn);
  expect(new Set([...drawn, draw('b')]).size).toBe(3);
});
