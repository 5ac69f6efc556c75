import { EventEmitter, once } from 'node:events';
import { later } from '#kernel';
import { Database } from '#read-model';
import { engineUrls, InMemoryEventStore } from '#testing';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { EndOverdueRunsJob } from '../end-overdue-runs/end-overdue-runs.job.js';
import { SYNC_HISTORY } from '../sync-history/sync-history.projection.js';
import { BEGIN, DEADLINE_MS, prepareRuns, rowsOf, runScene } from '../test-run.js';

let db: Database;

beforeAll(async () => {
  db = new Database(engineUrls().databaseUrl);
  await prepareRuns(db);
});

afterAll(() => db.close());

// The sweeper would come upon them.
beforeEach(() => db.execute(`DELETE FROM ${SYNC_HISTORY}.runs WHERE created_at = '${BEGIN}'`));

/** Where one worker is held until the spec lets it go on. */
class Gate {
  readonly #told = new EventEmitter();
  readonly arrived = once(this.#told, 'arrived');
  readonly #opened = once(this.#told, 'opened');

  pass = async (): Promise<void> => {
    this.#told.emit('arrived');
    await this.#opened;
  };

  open(): void {
    this.#told.emit('opened');
  }
}

/** A log in which the second append to a ledger takes as long as the spec says. */
class SlowLog extends InMemoryEventStore {
  readonly gate = new Gate();
  #appends = 0;

  override async append(...args: Parameters<InMemoryEventStore['append']>) {
    if (args[0].startsWith('ledger-') && ++this.#appends === 2) await this.gate.pass();
    return super.append(...args);
  }
}

const scene = async (store: InMemoryEventStore = new InMemoryEventStore()) => {
  const run = await runScene(db, store);
  const job = new EndOverdueRunsJob(run.deps, { waiting: async () => new Set() }, (syncId) =>
    run.staging.clear(syncId),
  );
  const sweepAt = async (ms: number): Promise<void> => {
    run.setClock(later(BEGIN, ms));
    await run.project();
    await job.sweep();
  };
  /** How the run ended, and whether it says of its rows what the log holds of them. */
  const endOf = async (syncId: string) => {
    const ends = (await run.events()).flatMap((event) =>
      'counts' in event.data && event.data.syncId === syncId ? [{ type: event.type, ...event.data }] : [],
    );
    const imported = await run.importedBy(syncId);
    return { types: ends.map(({ type }) => type), told: ends.map(({ counts }) => counts.imported), imported };
  };
  return { ...run, sweepAt, endOf };
};

it('ends at its deadline by the hand of the worker that writes, which tells all that it wrote', async () => {
  const log = new SlowLog();
  const { bank, request, carryOut, sweepAt, endOf, keeper } = await scene(log);
  bank.pages = [rowsOf(2_000)];
  const syncId = await request();
  const working = carryOut(syncId);
  await log.gate.arrived;
  await sweepAt(DEADLINE_MS + 5_000);
  log.gate.open();
  expect(await working).toEqual({ kind: 'ended' });
  expect(await endOf(syncId)).toEqual({ types: ['SyncTimedOut'], told: [1_000], imported: 1_000 });
  await keeper.close();
});

it('is ended a minute later when its worker hangs, which then writes nothing more', async () => {
  const { bank, request, carryOut, sweepAt, endOf, keeper } = await scene();
  const gate = new Gate();
  bank.pages = [rowsOf(500)];
  bank.beforePage = gate.pass;
  const syncId = await request();
  const working = carryOut(syncId);
  await gate.arrived;
  await sweepAt(DEADLINE_MS + 55_000);
  expect((await endOf(syncId)).types).toEqual([]);
  await sweepAt(DEADLINE_MS + 65_000);
  expect((await endOf(syncId)).types).toEqual(['SyncTimedOut']);
  gate.open();
  expect(await working).toEqual({ kind: 'ended' });
  expect(await endOf(syncId)).toEqual({ types: ['SyncTimedOut'], told: [0], imported: 0 });
  await keeper.close();
});

it('counts its time from its first attempt: one that waited long for its turn has all of it', async () => {
  const { bank, request, carryOut, sweepAt, endOf, keeper, setClock } = await scene();
  const gate = new Gate();
  bank.pages = [rowsOf(500)];
  bank.beforePage = gate.pass;
  const syncId = await request();
  setClock(later(BEGIN, DEADLINE_MS - 1_000));
  const working = carryOut(syncId);
  await gate.arrived;
  await sweepAt(2 * DEADLINE_MS - 2_000);
  gate.open();
  await working;
  expect(await endOf(syncId)).toEqual({ types: ['SyncCompleted'], told: [500], imported: 500 });
  await keeper.close();
});
