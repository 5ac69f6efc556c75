import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../log/database.js';
import { EventLog } from '../log/event-log.js';
import { EventTable } from '../log/event-table.js';
import { Outlet } from './outlet.js';
import { SubscriptionToAll } from './subscribe-to-all.js';

let folder: string;
let table: EventTable;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'subscription-'));
  table = new EventTable(await openDatabase(folder));
});
afterEach(() => {
  table.close();
  rmSync(folder, { recursive: true });
});

const filled = (count: number): EventLog => {
  const events = Array.from({ length: count }, (_, n) => ({
    id: Buffer.alloc(16, n),
    type: 'T',
    isJson: true,
    data: Buffer.from('{}'),
    metadata: Buffer.alloc(0),
  }));
  new EventLog(table).commit([{ kind: 'append', stream: 'noise-1', expected: 'any', events }]);
  return new EventLog(table);
};

it('lets other calls have their turn while it looks through a log in which nothing matches', async () => {
  const log = filled(1_000);
  let turns = 0;
  let ended = false;
  const count = () => {
    turns++;
    if (!ended) setImmediate(count);
  };
  const call = new Writable({ objectMode: true, write: (_chunk, _encoding, done) => done() });
  const outlet = new Outlet(
    Object.assign(call, { cancelled: false }) as unknown as ServerWritableStream<unknown, Buffer>,
  );
  const caughtUp = new Promise<void>((resolve) => {
    const write = call.write.bind(call);
    call.write = (chunk: unknown) => {
      resolve();
      return write(chunk);
    };
  });
  const subscription = new SubscriptionToAll(
    log,
    {
      stream: null,
      from: 'start',
      direction: 'forwards',
      count: null,
      filter: { on: 'type', prefixes: ['Never'] },
      checkpointInterval: Infinity,
      resolveLinks: false,
      uuidsAsText: true,
      tellsStreamEnds: false,
    },
    outlet,
  );
  setImmediate(count);
  const running = subscription.run();
  await caughtUp;
  ended = true;
  expect(turns).toBeGreaterThan(10);
  call.destroy();
  await running;
});
