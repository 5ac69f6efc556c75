import { randomUUID } from 'node:crypto';
import { array, assert, asyncProperty, integer } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decider, DomainError } from '#kernel';
import { InMemoryEventStore } from '#testing';
import { collect, metadataOf } from './event-store.suite.js';
import { EventStoreUnavailable, WrongExpectedRevision } from './event-store.js';
import { fold, type SnapshotCache } from './fold.js';
import { RememberedSnapshots } from './remembered-snapshots.js';
import { runDecider } from './run-decider.js';

interface Add {
  readonly type: 'Add';
  readonly amount: number;
  readonly by: string;
}
interface Added {
  readonly type: 'Added' | 'AddedTwice';
  readonly data: { readonly amount: number; readonly by: string };
}

/** Adds up to a limit of 100; adding nothing is no news; 13 is written under a name that is not listed. */
const sum: Decider<{ readonly total: number }, Add, Added> = {
  category: 'sum',
  events: ['Added'],
  initialState: { total: 0 },
  decide: ({ amount, by }, { total }) => {
    if (total + amount > 100) throw new DomainError('request.refused', 'At most 100.');
    if (amount === 0) return [];
    return [{ type: amount === 13 ? 'AddedTwice' : 'Added', data: { amount, by } }];
  },
  evolve: ({ total }, { data }) => ({ total: total + data.amount }),
};

const add = (amount: number, by: string = randomUUID()): Add => ({ type: 'Add', amount, by });

class MapSnapshots implements SnapshotCache {
  readonly kept = new Map<string, { revision: bigint; state: unknown }>();
  async load(stream: string) {
    return this.kept.get(stream) ?? null;
  }
  async save(stream: string, revision: bigint, state: unknown) {
    this.kept.set(stream, { revision, state: JSON.parse(JSON.stringify(state)) });
  }
}

/** Lets others write between the fold and the append, as often as it was told to. */
class BusyStore extends InMemoryEventStore {
  readonly interferences: (() => Promise<unknown>)[] = [];
  override async append(...args: Parameters<InMemoryEventStore['append']>) {
    await this.interferences.shift()?.();
    return super.append(...args);
  }
}

const run = async (store: InMemoryEventStore, amount: number, metadata = metadataOf()) =>
  runDecider({ store }, sum, '1', add(amount), { metadata });

const filled = async (count: number) => {
  const store = new InMemoryEventStore();
  for (let n = 0; n < count; n++) await run(store, 1);
  return store;
};

describe('runDecider', () => {
  it('appends what was decided and returns the state, revision and position after it', async () => {
    const store = new InMemoryEventStore();
    await run(store, 2);
    const metadata = metadataOf();
    const { state, events, revision, position } = await run(store, 3, metadata);
    expect(state).toEqual({ total: 5 });
    expect(revision).toBe(1n);
    expect(position).toBe(await store.head());
    expect(events).toMatchObject([{ type: 'Added', data: { amount: 3 }, stream: 'sum-1', metadata }]);
  });

  it('writes nothing when nothing was decided, and tells where the stream stands', async () => {
    const store = new InMemoryEventStore();
    expect(await run(store, 0)).toEqual({ state: { total: 0 }, events: [], revision: null, position: null });
    const { position } = await run(store, 2);
    expect(await run(store, 0)).toEqual({ state: { total: 2 }, events: [], revision: 0n, position });
    expect(await collect(store.readStream('sum-1'))).toHaveLength(1);
  });

  it('passes a broken rule on, and writes nothing', async () => {
    const store = new InMemoryEventStore();
    await expect(run(store, 101)).rejects.toMatchObject({ code: 'request.refused' });
    expect(await store.head()).toBeNull();
  });

  it('decides again on the newer state after a conflict', async () => {
    const store = new BusyStore();
    store.interferences.push(() => run(store, 60));
    await expect(run(store, 60)).rejects.toThrow(DomainError);
    store.interferences.push(() => run(store, 1));
    expect((await run(store, 5)).state).toEqual({ total: 66 });
  });

  it('takes what this very command wrote in an earlier try for its result', async () => {
    const store = new BusyStore();
    const metadata = metadataOf();
    store.interferences.push(async () => {
      await run(store, 1);
      await run(store, 30, metadata);
      await run(store, 2);
    });
    const { state, events, revision, position } = await run(store, 30, metadata);
    expect(state).toEqual({ total: 33 });
    expect(events.map(({ revision }) => revision)).toEqual([1n]);
    expect(revision).toBe(2n);
    expect(position).toBe(await store.head());
    expect(await collect(store.readStream('sum-1'))).toHaveLength(3);
  });

  it('gives up when others are faster twenty times', async () => {
    const store = new BusyStore();
    let tries = 0;
    const disturb = async (): Promise<void> => {
      tries++;
      const metadata = metadataOf();
      const { length } = await collect(store.readStream('sum-1'));
      await InMemoryEventStore.prototype.append.call(
        store,
        'sum-1',
        length === 0 ? 'no-stream' : BigInt(length - 1),
        [{ type: 'Added', data: { amount: -1 - length }, metadata }],
      );
    };
    store.interferences.push(...Array.from({ length: 30 }, () => disturb));
    await expect(run(store, 1)).rejects.toThrow(WrongExpectedRevision);
    expect(tries).toBe(20);
  });

  it('tries nothing but conflicts again', async () => {
    const store = new BusyStore();
    let tries = 0;
    store.interferences.push(async () => {
      tries++;
      throw new EventStoreUnavailable('gone');
    });
    await expect(run(store, 1)).rejects.toThrow(EventStoreUnavailable);
    expect(tries).toBe(1);
  });

  it('refuses to write an event that the decider does not list', async () => {
    const store = new InMemoryEventStore();
    await expect(run(store, 13)).rejects.toThrow('The decider "sum" does not list the event AddedTwice.');
    expect(await store.head()).toBeNull();
  });

  it('lets both of two commands decide that say the same in the same words at the same revision', async () => {
    const store = new BusyStore();
    const both = () => runDecider({ store }, sum, '1', add(5, 'the same'), { metadata: metadataOf() });
    store.interferences.push(both);
    expect((await both()).state).toEqual({ total: 10 });
    expect(await collect(store.readStream('sum-1'))).toHaveLength(2);
  });

  it('counts every command once, however many run at the same time', async () => {
    await assert(
      asyncProperty(array(integer({ min: 1, max: 9 }), { maxLength: 10 }), async (amounts) => {
        const store = new InMemoryEventStore();
        await Promise.all(amounts.map((amount) => run(store, amount)));
        const { state, revision } = await fold({ store }, sum, '1');
        expect(state.total).toBe(amounts.reduce((total, amount) => total + amount, 0));
        expect(revision).toBe(amounts.length === 0 ? null : BigInt(amounts.length - 1));
      }),
      { numRuns: 15 },
    );
  });
});

describe('fold', () => {
  it('refuses an event that the decider does not know, unless it is upcast', async () => {
    const store = await filled(1);
    await store.append('sum-1', 0n, [{ type: 'Subtracted', data: { less: 4 }, metadata: metadataOf() }]);
    await expect(fold({ store }, sum, '1')).rejects.toThrow('Event 1 of sum-1 has the type Subtracted');
    const upcasters = {
      Subtracted: (data: unknown): Added => ({
        type: 'Added',
        data: { amount: -(data as { less: number }).less, by: 'upcast' },
      }),
    };
    expect((await fold({ store, upcasters }, sum, '1')).state).toEqual({ total: -3 });
  });

  it('saves a snapshot of a long stream and reads on from it', async () => {
    const store = await filled(25);
    const snapshots = new MapSnapshots();
    const folded = await fold({ store, snapshots }, sum, '1');
    expect(snapshots.kept.get('sum-1')).toEqual({ revision: 24n, state: { total: 25 } });
    await run(store, 2);
    let read = 0;
    const counting: Pick<InMemoryEventStore, 'readStream'> = {
      async *readStream(...args) {
        for await (const event of store.readStream(...args)) {
          read++;
          yield event;
        }
      },
    };
    const again = await fold({ store: counting, snapshots }, sum, '1');
    expect(again).toEqual({ state: { total: 27 }, revision: 25n, position: await store.head() });
    expect(read).toBe(2);
    expect(folded.position).not.toBeNull();
  });

  it('tells the position when the snapshot is of the last event', async () => {
    const store = await filled(25);
    const snapshots = new MapSnapshots();
    const first = await fold({ store, snapshots }, sum, '1');
    expect(await fold({ store, snapshots }, sum, '1')).toEqual(first);
  });

  it('does not believe a snapshot that is ahead of the stream', async () => {
    const store = await filled(2);
    const snapshots = new MapSnapshots();
    snapshots.kept.set('sum-1', { revision: 40n, state: { total: 99 } });
    expect((await fold({ store, snapshots }, sum, '1')).state).toEqual({ total: 2 });
    await runDecider({ store, snapshots }, sum, '1', add(5), { metadata: metadataOf() });
    expect((await fold({ store }, sum, '1')).state).toEqual({ total: 7 });
  });
});

describe('what this process remembers', () => {
  /** How many reads of streams there were. */
  class ReadCounter extends BusyStore {
    reads = 0;
    override readStream(...args: Parameters<InMemoryEventStore['readStream']>) {
      this.reads++;
      return super.readStream(...args);
    }
  }

  const remembering = (categories: readonly string[] = ['sum'], limit?: number) => {
    const [store, lasting] = [new ReadCounter(), new MapSnapshots()];
    const deps = { store, snapshots: new RememberedSnapshots(lasting, categories, limit) };
    const decide = (amount: number, id = '1') =>
      runDecider(deps, sum, id, add(amount), { metadata: metadataOf() });
    return { store, lasting, deps, decide };
  };

  it('is decided on without reading the stream', async () => {
    const { store, decide } = remembering();
    await decide(1);
    const { reads } = store;
    expect(await decide(2)).toMatchObject({ state: { total: 3 }, revision: 1n });
    expect(await decide(3)).toMatchObject({
      state: { total: 6 },
      revision: 2n,
      position: await store.head(),
    });
    expect(store.reads).toBe(reads);
  });

  it('gives way to what others wrote', async () => {
    const { store, decide } = remembering();
    await decide(1);
    await run(store, 60);
    expect(await decide(5)).toMatchObject({ state: { total: 66 }, revision: 2n });
    await run(store, 20);
    await expect(decide(20)).rejects.toMatchObject({ code: 'request.refused' });
    await run(store, -50);
    expect((await decide(20)).state).toEqual({ total: 56 });
  });

  it('leads to no refusal and to no "nothing to do" before the log was asked', async () => {
    const { store, decide } = remembering();
    await decide(90);
    await run(store, -80);
    expect((await decide(50)).state).toEqual({ total: 60 });
    await run(store, 7);
    expect(await decide(0)).toEqual({
      state: { total: 67 },
      events: [],
      revision: 3n,
      position: await store.head(),
    });
  });

  it('is not believed about another stream than it was', async () => {
    const { store, deps, decide } = remembering();
    await decide(1);
    deps.snapshots.remember('sum-1', { revision: 40n, state: { total: 99 } });
    expect((await decide(5)).state).toEqual({ total: 6 });
    expect((await fold({ store }, sum, '1')).state).toEqual({ total: 6 });
  });

  it('is of the named categories alone, and of the streams that were used last', async () => {
    const other = remembering(['connection']);
    await other.decide(1);
    await other.decide(1);
    expect(other.deps.snapshots.recall('sum-1')).toBeNull();
    const few = remembering(['sum'], 2);
    for (const id of ['1', '2', '1', '3']) await few.decide(1, id);
    expect(['1', '2', '3'].map((id) => few.deps.snapshots.recall(`sum-${id}`) !== null)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('is saved every twenty events, as without it', async () => {
    const { lasting, decide } = remembering();
    const saves: bigint[] = [];
    for (let n = 0; n < 65; n++) {
      await decide(1);
      const kept = lasting.kept.get('sum-1')?.revision;
      if (kept !== undefined && saves.at(-1) !== kept) saves.push(kept);
    }
    expect(saves).toEqual([19n, 39n, 59n]);
  });

  it('counts every command once, however many processes remember', async () => {
    await assert(
      asyncProperty(array(integer({ min: 1, max: 9 }), { maxLength: 12 }), async (amounts) => {
        const store = new InMemoryEventStore();
        const one = new RememberedSnapshots(new MapSnapshots(), ['sum']);
        const other = new RememberedSnapshots(new MapSnapshots(), ['sum']);
        const by = (snapshots: SnapshotCache, amount: number) =>
          runDecider({ store, snapshots }, sum, '1', add(amount), { metadata: metadataOf() });
        await Promise.all(amounts.map((amount, index) => by(index % 3 === 0 ? other : one, amount)));
        const { state, revision } = await fold({ store }, sum, '1');
        expect(state.total).toBe(amounts.reduce((total, amount) => total + amount, 0));
        expect(revision).toBe(amounts.length === 0 ? null : BigInt(amounts.length - 1));
      }),
      { numRuns: 15 },
    );
  });
});
