import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KurrentDBClient, NO_STREAM, streamNameFilter } from '@kurrent/kurrentdb-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { end, launch, startNode, stopNode, urlOf, type EmbeddedNode } from './embedded-node.js';
import { collect, events, numbers } from './events.js';
import { SubscriptionLog } from './subscription-log.js';

/** What only the embedded node promises: its process, its folder, its port, and what a kill leaves behind. */
let folder: string;
const nodes: EmbeddedNode[] = [];
const clients: KurrentDBClient[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'event-store-node-'));
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.dispose()));
  await Promise.all(nodes.splice(0).map((node) => stopNode(node, 'SIGKILL')));
  rmSync(folder, { recursive: true, force: true });
});

const start = async (
  extra: readonly string[] = [],
): Promise<{ node: EmbeddedNode; client: KurrentDBClient }> => {
  const node = await startNode(folder, extra);
  nodes.push(node);
  const client = KurrentDBClient.connectionString(urlOf(node.port));
  clients.push(client);
  return { node, client };
};

describe('what was acknowledged', () => {
  it('survives a kill -9 at any moment, and nothing is there by halves', async () => {
    const acknowledged = new Map<string, number>();
    for (let round = 0; round < 3; round++) {
      const { node, client } = await start();
      const enough = 40 * (round + 1);
      let killed: Promise<unknown> | undefined;
      const write = async (stream: string): Promise<void> => {
        for (let n = 0; ; n++) {
          try {
            const streamState = n === 0 ? NO_STREAM : BigInt(3 * n - 1);
            await client.appendToStream(stream, events(3, 3 * n), { streamState });
          } catch {
            return;
          }
          acknowledged.set(stream, 3 * (n + 1));
          if (n === enough) killed ??= stopNode(node, 'SIGKILL');
        }
      };
      await Promise.all(Array.from({ length: 8 }, (_, writer) => write(`killed-${round}-${writer}`)));
      await killed;
    }
    const { client } = await start();
    expect(acknowledged.size).toBe(24);
    for (const [stream, count] of acknowledged) {
      const found = numbers(await collect(client.readStream(stream)));
      expect(found.length).toBeGreaterThanOrEqual(count);
      expect(found.length % 3).toBe(0);
      expect(found).toEqual(Array.from({ length: found.length }, (_, n) => n));
    }
    const all = await collect(client.readAll());
    const positions = all.map(({ event }) => event?.position?.commit ?? 0n);
    expect(positions).toEqual([...new Set(positions)].sort((a, b) => (a < b ? -1 : 1)));
  });

  it('is known again after a restart: the same append has the same answer, and positions go on', async () => {
    const first = await start();
    const batch = events(3);
    const written = await first.client.appendToStream('restarted-1', batch, { streamState: NO_STREAM });
    await first.client.appendToStream('restarted-2', events(1), { streamState: NO_STREAM });
    await stopNode(first.node, 'SIGKILL');
    const second = await start();
    expect(await second.client.appendToStream('restarted-1', batch, { streamState: NO_STREAM })).toEqual(
      written,
    );
    const next = await second.client.appendToStream('restarted-1', events(1, 3), { streamState: 2n });
    expect(next.position?.commit).toBeGreaterThan((written.position?.commit ?? 0n) + 1n);
  });

  it('keeps metadata, deletions and tombstones over a restart', async () => {
    const { node, client } = await start();
    for (const stream of ['cut-1', 'deleted-1', 'closed-1']) {
      await client.appendToStream(stream, events(5), { streamState: NO_STREAM });
    }
    await client.setStreamMetadata('cut-1', { maxCount: 2 });
    await client.deleteStream('deleted-1');
    await client.tombstoneStream('closed-1');
    await stopNode(node);
    const again = (await start()).client;
    expect(numbers(await collect(again.readStream('cut-1')))).toEqual([3, 4]);
    await expect(collect(again.readStream('deleted-1'))).rejects.toMatchObject({ type: 'stream-not-found' });
    await expect(collect(again.readStream('closed-1'))).rejects.toMatchObject({ type: 'stream-deleted' });
  });
});

const count = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

/** 501 events of which one is wanted, then a restart: nothing of it is in memory any more. */
const logOnDisk = async () => {
  const { node, client } = await start();
  await client.appendToStream('noise-1', events(300), { streamState: NO_STREAM });
  const wanted = await client.appendToStream('wanted-1', events(1, 1_000), { streamState: NO_STREAM });
  const last = await client.appendToStream('noise-1', events(200, 300), { streamState: 299n });
  await stopNode(node);
  return { wanted, last, client: (await start()).client };
};

describe('a subscription to a log that is on the disk only', () => {
  it('finds what matches, and reports how far it looked', async () => {
    const { client, wanted, last } = await logOnDisk();
    const log = new SubscriptionLog();
    const { checkpointReached } = log;
    const filter = streamNameFilter({ prefixes: ['wanted-'], checkpointInterval: 1, checkpointReached });
    log.follow(client.subscribeToAll({ filter }));
    await vi.waitFor(() => expect(log.count('caught-up')).toBe(1), { timeout: 5_000 });
    expect(numbers(log.events)).toEqual([1_000]);
    const before = log.messages.slice(0, log.kinds.indexOf('event')).slice(1);
    expect(before.length).toBeGreaterThan(0);
    expect(before.every(({ value }) => (value as bigint) < (wanted.position?.commit ?? 0n))).toBe(true);
    expect(log.checkpoints.at(-1)).toBe(last.position?.commit);
    expect(log.messages.at(-1)?.value).toMatchObject({ position: last.position });
  });

  it('delivers all of it in order, then what comes', async () => {
    const { client } = await logOnDisk();
    const log = new SubscriptionLog().follow(client.subscribeToAll());
    await vi.waitFor(() => expect(log.count('caught-up')).toBe(1), { timeout: 5_000 });
    await client.appendToStream('late-1', events(1, 2_000), { streamState: NO_STREAM });
    await vi.waitFor(() => expect(log.events).toHaveLength(502), { timeout: 5_000 });
    expect(numbers(log.events)).toEqual([...count(0, 300), 1_000, ...count(300, 500), 2_000]);
  });
});

describe('stopping', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s ends it with 0 within 2 s, with subscriptions open',
    async (signal) => {
      const { node, client } = await start();
      await client.appendToStream('open-1', events(1), { streamState: NO_STREAM });
      const logs = [
        new SubscriptionLog().follow(client.subscribeToAll()),
        new SubscriptionLog().follow(client.subscribeToStream('open-1')),
      ];
      await vi.waitFor(() => expect(logs.map((log) => log.count('caught-up'))).toEqual([1, 1]), {
        timeout: 5_000,
      });
      const before = Date.now();
      expect((await stopNode(node, signal)).code).toBe(0);
      expect(Date.now() - before).toBeLessThan(2_000);
      await vi.waitFor(() => expect(logs.map((log) => log.count('error'))).toEqual([1, 1]), {
        timeout: 5_000,
      });
    },
  );

  it('happens when its parent is gone', async () => {
    const { node } = await start();
    const ended = end(node.process);
    node.process.stdin?.end();
    expect((await ended).code).toBe(0);
  });
});

describe('starting', () => {
  it('refuses a folder that another node has open', async () => {
    await start();
    const second = await end(launch(['--data-dir', folder, '--port', '0']));
    expect(second.code).toBe(75);
    expect(second.stderr).toContain(folder);
  });

  it('refuses a port that is taken, and names it', async () => {
    const { node } = await start();
    const second = await end(launch(['--data-dir', join(folder, 'other'), '--port', String(node.port)]));
    expect(second.code).toBe(98);
    expect(second.stderr).toContain(String(node.port));
  });

  it.each([
    ['nothing', []],
    ['a port that is none', ['--data-dir', 'x', '--port', 'abc']],
    ['an option it does not know', ['--data-dir', 'x', '--port', '0', '--colour', 'red']],
  ])('refuses %s', async (_, args) => {
    const { code, stderr } = await end(launch(args));
    expect(code).toBe(64);
    expect(stderr).not.toBe('');
  });

  it('takes the greatest append size that it is told', async () => {
    const { client } = await start(['--max-append-size', '1000']);
    await client.appendToStream('small-1', events(5), { streamState: NO_STREAM });
    const appended = client.appendToStream('large-1', events(100), { streamState: NO_STREAM });
    await expect(appended).rejects.toMatchObject({ maxAppendSize: 1_000 });
  });
});
