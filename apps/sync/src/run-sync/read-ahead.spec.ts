import { describe, expect, it } from 'vitest';
import { readAhead } from './read-ahead.js';

const source = (log: string[], failAt = Infinity) =>
  (async function* () {
    try {
      for (let n = 1; n <= 3; n += 1) {
        log.push(`asked ${n}`);
        if (n === failAt) throw new Error(`no ${n}`);
        yield n;
      }
    } finally {
      log.push('closed');
    }
  })();

describe('reading ahead', () => {
  it('asks for the next item before the last one is done with, and keeps the order', async () => {
    const log: string[] = [];
    for await (const n of readAhead(source(log))) log.push(`did ${n}`);
    expect(log).toEqual(['asked 1', 'asked 2', 'did 1', 'asked 3', 'did 2', 'closed', 'did 3']);
  });

  it('shows a failure after the items before it', async () => {
    const log: string[] = [];
    const read = async () => {
      for await (const n of readAhead(source(log, 3))) log.push(`did ${n}`);
    };
    await expect(read()).rejects.toThrow('no 3');
    expect(log).toContain('did 2');
  });

  it('closes the source of whoever stops early, whatever its next answer would have been', async () => {
    const log: string[] = [];
    for await (const n of readAhead(source(log, 2))) {
      log.push(`did ${n}`);
      break;
    }
    expect(log).toEqual(['asked 1', 'asked 2', 'closed', 'did 1']);
  });
});
