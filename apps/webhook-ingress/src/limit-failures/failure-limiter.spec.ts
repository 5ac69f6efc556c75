import { describe, expect, it } from 'vitest';
import { FailureLimiter } from './failure-limiter.js';
import { senderKey } from './sender-key.js';

const scene = (rules: { readonly senders?: number } = {}) => {
  let nowMs = 0;
  const limiter = new FailureLimiter({ burst: 3, perSecond: 1, senders: 100, ...rules }, () => nowMs);
  const fail = (address: string, times: number): void => {
    for (let n = 0; n < times; n++) limiter.failed(address);
  };
  return { limiter, fail, pass: (ms: number) => (nowMs += ms) };
};

describe('whom failures are counted against', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['no address at all', 'no address at all'],
    ['x'.repeat(1_000), 'x'.repeat(64)],
  ])('%s is %s', (address, key) => {
    expect(senderKey(address)).toBe(key);
  });
});

describe('failures of a sender', () => {
  it('are forgiven one by one', () => {
    const { limiter, fail, pass } = scene();
    fail('203.0.113.7', 2);
    expect(limiter.isOver('203.0.113.7')).toBe(false);
    fail('203.0.113.7', 10);
    expect(limiter.isOver('203.0.113.7')).toBe(true);
    pass(999);
    expect(limiter.isOver('203.0.113.7')).toBe(true);
    pass(1);
    expect(limiter.isOver('203.0.113.7')).toBe(false);
    fail('203.0.113.7', 1);
    expect(limiter.isOver('203.0.113.7')).toBe(true);
  });

  it('are those of its whole network, and of nobody else', () => {
    const { limiter, fail } = scene();
    fail('2001:db8:1:2::1', 3);
    expect(limiter.isOver('2001:db8:1:2::ffff')).toBe(true);
    expect(limiter.isOver('2001:db8:1:3::1')).toBe(false);
    expect(limiter.isOver('203.0.113.8')).toBe(false);
  });

  it('take no more memory than for so many senders', () => {
    const { limiter, fail } = scene({ senders: 10 });
    fail('203.0.113.7', 3);
    for (let n = 0; n < 250; n++) {
      limiter.isOver('203.0.113.7');
      fail(`198.51.100.${n}`, 1);
    }
    expect(limiter.senders).toBe(10);
    expect(limiter.isOver('203.0.113.7')).toBe(true);
  });
});

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('large bodies', () => {
  const order: string[] = [];
  const large = async (limiter: FailureLimiter, address: string, name: string): Promise<() => void> => {
    const end = await limiter.turn(address);
    order.push(name);
    return end;
  };

  it('of a sender over its limit come one after the other, those of others at once', async () => {
    const { limiter, fail } = scene();
    fail('203.0.113.7', 3);
    const first = large(limiter, '203.0.113.7', 'first');
    const second = large(limiter, '203.0.113.7', 'second');
    const other = large(limiter, '203.0.113.8', 'other');
    await settled();
    expect(order.toSorted()).toEqual(['first', 'other']);
    (await first)();
    (await second)();
    (await other)();
    expect(order.toSorted()).toEqual(['first', 'other', 'second']);
  });
});
