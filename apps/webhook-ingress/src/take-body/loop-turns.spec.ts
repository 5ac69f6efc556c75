import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { LoopTurns } from './loop-turns.js';

it('gives each a turn of the loop of its own, in order, with others in between', async () => {
  const turns = new LoopTurns();
  const seen: string[] = [];
  const large = async (name: string): Promise<void> => {
    await turns.next();
    seen.push(name);
  };
  const small = async (): Promise<void> => {
    for (let n = 0; n < 3; n++) {
      await setImmediate();
      seen.push('small');
    }
  };
  await Promise.all([large('first'), large('second'), large('third'), small()]);
  expect(seen.filter((name) => name !== 'small')).toEqual(['first', 'second', 'third']);
  expect(seen.lastIndexOf('small')).toBeGreaterThan(seen.indexOf('first'));
  expect(seen.indexOf('small')).toBeLessThan(seen.indexOf('third'));
});
