import { array, assert, asyncProperty, constantFrom, integer, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Feed, FeedOptions, RecordedEvent } from '#kernel';
import { metadataOf, until } from './event-store.suite.js';
import { type OpenOwn, SharedSubscription } from './shared-subscription.js';
import { type FeedItem, superviseFeed } from './supervise-feed.js';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A log in memory whose subscriptions are counted, and can be broken. */
class Log {
  readonly events: RecordedEvent[] = [];
  readonly opened: { readonly prefixes: readonly string[]; readonly after: bigint | null }[] = [];
  #wake = new Set<() => void>();
  #breaks = 0;

  append(stream: string): bigint {
    const position = BigInt(this.events.length + 1) * 10n;
    this.events.push({
      id: `${position}`,
      type: 'Counted',
      stream,
      revision: 0n,
      position,
      data: {},
      metadata: metadataOf(),
      recordedAt: '2026-11-23T00:00:00.000Z',
    });
    this.#ring();
    return position;
  }

  /** All subscriptions that are open. */
  breakAll(): void {
    this.#breaks++;
    this.#ring();
  }

  readonly open: OpenOwn = (options, after, signal) => this.#subscribe(options, after, signal);

  async *#subscribe(
    ...[{ streamPrefixes, maxBatch = 200 }, after, signal]: Parameters<OpenOwn>
  ): AsyncGenerator<FeedItem> {
    this.opened.push({ prefixes: streamPrefixes, after });
    signal.addEventListener('abort', () => this.#ring(), { once: true });
    const breaks = this.#breaks;
    let position = after ?? 0n;
    while (!signal.aborted) {
      if (this.#breaks > breaks) throw new Error('broken');
      const beyond = this.events.filter((event) => event.position > position).slice(0, maxBatch);
      const last = beyond.at(-1);
      if (last) {
        ({ position } = last);
        const events = beyond.filter(({ stream }) =>
          streamPrefixes.some((prefix) => stream.startsWith(prefix)),
        );
        yield { kind: 'batch', batch: { events, position } };
        await nextTurn();
        continue;
      }
      yield { kind: 'caught-up' };
      const isNews = this.#breaks > breaks || (this.events.at(-1)?.position ?? 0n) > position;
      if (isNews || signal.aborted) continue;
      await new Promise<void>((resolve) => this.#wake.add(resolve));
    }
  }

  #ring(): void {
    for (const wake of this.#wake) wake();
    this.#wake.clear();
  }
}

const follow = (
  shared: SharedSubscription,
  options: Partial<FeedOptions> & Pick<FeedOptions, 'streamPrefixes'>,
) => {
  const seen: bigint[] = [];
  shared.announce(options.streamPrefixes);
  const whole: FeedOptions = {
    after: null,
    handle: async ({ events }) => void seen.push(...events.map(({ position }) => position)),
    ...options,
  };
  const feed: Feed = superviseFeed(whole, (after, signal) => shared.items(whole, after, signal));
  return { feed, seen };
};

const isAt = (position: bigint, ...follows: readonly { readonly feed: Feed }[]) =>
  until(() => follows.every(({ feed }) => (feed.position() ?? -1n) >= position));

describe('a subscription that feeds share', () => {
  it('reads for all of them once they are live, and tells each of its own streams only', async () => {
    const log = new Log();
    const shared = new SharedSubscription(log.open);
    log.append('a-1');
    const a = follow(shared, { streamPrefixes: ['a-'] });
    const b = follow(shared, { streamPrefixes: ['b-'] });
    const both = follow(shared, { streamPrefixes: ['a-', 'b-'] });
    await until(() => [a, b, both].every(({ feed }) => feed.status() === 'live'));
    await isAt(log.append('a-1'), a, b, both);
    const { length } = log.opened;
    for (let n = 0; n < 20; n++) await isAt(log.append(n % 2 === 0 ? 'b-1' : 'a-2'), a, b, both);
    expect(log.opened).toHaveLength(length);
    const of = (prefix: string) =>
      log.events.filter(({ stream }) => stream.startsWith(prefix)).map(({ position }) => position);
    expect([a.seen, b.seen, both.seen]).toEqual([of('a-'), of('b-'), of('')]);
    await Promise.all([a, b, both].map(({ feed }) => feed.stop()));
    await shared.close();
  });

  it('lets one that lags behind what is kept read by itself', async () => {
    const log = new Log();
    const shared = new SharedSubscription(log.open, { events: 4, bytes: 1_000_000 });
    const held: (() => void)[] = [];
    const slow = follow(shared, {
      streamPrefixes: ['a-'],
      handle: async ({ events }) => {
        slow.seen.push(...events.map(({ position }) => position));
        if (events.some(({ stream }) => stream === 'a-slow'))
          await new Promise<void>((resolve) => held.push(resolve));
      },
    });
    const fast = follow(shared, { streamPrefixes: ['a-'] });
    await isAt(log.append('a-1'), slow, fast);
    await isAt(log.append('a-1'), slow, fast);
    log.append('a-slow');
    await until(() => held.length === 1);
    let last = 0n;
    for (let n = 0; n < 40; n++) await isAt((last = log.append('a-1')), fast);
    const { length } = log.opened;
    held[0]?.();
    await isAt(last, slow);
    expect(log.opened.length).toBe(length + 1);
    expect(slow.seen).toEqual(log.events.map(({ position }) => position));
    expect(fast.seen).toEqual(slow.seen);
    await Promise.all([slow.feed.stop(), fast.feed.stop()]);
    await shared.close();
  });

  it('fails for all when it breaks, and each goes on from where it stood', async () => {
    const log = new Log();
    const shared = new SharedSubscription(log.open);
    const failures: string[] = [];
    const feeds = ['a', 'b'].map((name) =>
      follow(shared, {
        streamPrefixes: ['a-'],
        onFailure: (error) => failures.push(`${name}: ${String(error)}`),
      }),
    );
    await isAt(log.append('a-1'), ...feeds);
    await isAt(log.append('a-1'), ...feeds);
    log.breakAll();
    await until(() => failures.length === 2);
    await isAt(log.append('a-1'), ...feeds);
    expect(failures.toSorted()).toEqual(['a: Error: broken', 'b: Error: broken']);
    for (const { seen } of feeds) expect(seen).toEqual([10n, 20n, 30n]);
    await Promise.all(feeds.map(({ feed }) => feed.stop()));
    await shared.close();
  });

  it('takes in a feed of other streams that comes later', async () => {
    const log = new Log();
    const shared = new SharedSubscription(log.open);
    const first = follow(shared, { streamPrefixes: ['a-'] });
    await isAt(log.append('a-1'), first);
    await isAt(log.append('a-1'), first);
    const second = follow(shared, { streamPrefixes: ['b-'] });
    for (let n = 0; n < 4; n++) await isAt(log.append('b-1'), first, second);
    const { length } = log.opened;
    for (let n = 0; n < 4; n++) await isAt(log.append('b-1'), first, second);
    expect(log.opened).toHaveLength(length);
    expect(log.opened.map(({ prefixes }) => prefixes.join())).toContain('a-,b-');
    expect([first.seen.length, second.seen.length]).toEqual([2, 8]);
    await Promise.all([first.feed.stop(), second.feed.stop()]);
    await shared.close();
  });

  it('loses and doubles nothing, whatever breaks, lags and refuses meanwhile', async () => {
    const steps = array(
      record({
        stream: constantFrom('a-1', 'b-1', 'c-1'),
        next: constantFrom('go', 'go', 'go', 'break', 'turn'),
      }),
      { minLength: 1, maxLength: 60 },
    );
    const feeds = array(
      record({
        maxBatch: integer({ min: 1, max: 5 }),
        turns: integer({ min: 0, max: 4 }),
        refuses: integer({ min: 0, max: 9 }),
      }),
      {
        minLength: 2,
        maxLength: 4,
      },
    );
    await assert(
      asyncProperty(steps, feeds, async (todo, wanted) => {
        const log = new Log();
        const shared = new SharedSubscription(log.open, { events: 3, bytes: 1_000_000 });
        const follows = wanted.map(({ maxBatch, turns, refuses }, index) => {
          let calls = 0;
          const streamPrefixes = index % 2 === 0 ? ['a-', 'b-'] : ['b-', 'c-'];
          const one = follow(shared, {
            streamPrefixes,
            maxBatch,
            handle: async ({ events }) => {
              for (let turn = 0; turn < turns; turn++) await nextTurn();
              if (++calls === refuses) throw new Error('not now');
              one.seen.push(...events.map(({ position }) => position));
            },
          });
          return { ...one, streamPrefixes };
        });
        for (const { stream, next } of todo) {
          log.append(stream);
          if (next === 'break') log.breakAll();
          if (next === 'turn') await nextTurn();
        }
        await isAt(log.append('a-1'), ...follows);
        for (const { seen, streamPrefixes } of follows) {
          const own = log.events.filter(({ stream }) =>
            streamPrefixes.some((prefix) => stream.startsWith(prefix)),
          );
          expect(seen).toEqual(own.map(({ position }) => position));
        }
        await Promise.all(follows.map(({ feed }) => feed.stop()));
        await shared.close();
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});
