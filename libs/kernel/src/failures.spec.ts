import { describe, expect, it } from 'vitest';
import { Failures } from './failures.js';

const throwing = (): Promise<void> => {
  throw new Error('at once');
};

describe('work on many', () => {
  it('goes on where one fails, and tells of all that failed in the end', async () => {
    const failures = new Failures();
    const done = [];
    for (const name of ['a', 'b', 'c', 'd']) {
      const work = () => (name < 'c' ? Promise.reject(new Error(`${name} resists`)) : Promise.resolve(name));
      done.push(await failures.during(work));
    }
    expect(done).toEqual([undefined, undefined, 'c', 'd']);
    expect(failures.count).toBe(2);
    expect(() => failures.throwAny()).toThrow('a resists\nb resists');
  });

  it('that fails nowhere ends in silence', async () => {
    const failures = new Failures();
    await failures.during(() => Promise.resolve());
    failures.throwAny();
    expect(failures.count).toBe(0);
  });

  it('may fail before its promise is made', async () => {
    const failures = new Failures();
    await failures.during(throwing);
    expect(failures.count).toBe(1);
  });
});
