import { describe, expect, it } from 'vitest';
import { InMemoryEventStore } from '#testing';
import { collect, metadataOf } from './event-store.suite.js';
import { identifyLog, LOG_STREAM } from './log-identity.js';

describe('identifyLog', () => {
  it('writes one identity, whoever comes first, and finds it ever after', async () => {
    const store = new InMemoryEventStore();
    const ids = await Promise.all([identifyLog(store), identifyLog(store), identifyLog(store)]);
    expect(new Set(ids).size).toBe(1);
    expect(await identifyLog(store)).toBe(ids[0]);
    expect(await collect(store.readStream(LOG_STREAM))).toMatchObject([
      { type: 'LogIdentified', data: { logId: ids[0] } },
    ]);
  });

  it('differs from log to log', async () => {
    expect(await identifyLog(new InMemoryEventStore())).not.toBe(await identifyLog(new InMemoryEventStore()));
  });

  it('refuses a log in which its stream holds something else', async () => {
    const store = new InMemoryEventStore();
    await store.append(LOG_STREAM, 'no-stream', [{ type: 'Other', data: {}, metadata: metadataOf() }]);
    await expect(identifyLog(store)).rejects.toThrow('this log is not ours');
  });
});
