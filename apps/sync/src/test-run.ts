import { randomUUID } from 'node:crypto';
import { connection, type FetchedTransaction, ledger, type LedgerEvent, sync, type SyncEvent } from '#domain';
import { type EventStore, fold, RememberedSnapshots } from '#event-store';
import { addDays, type BankDay, type RecordedEvent, streamOf } from '#kernel';
import { AlsCorrelationScope } from '#platform';
import { BankProvider, type ConnectionSnapshot, type FetchRequest, type FetchStep } from '#providers';
import { type Database, LockKeeper, migrate, PgSnapshots } from '#read-model';
import { PgCircuitBreaker, Providers } from '#service';
import { generateKey, Vault } from '#vault';
import { LEDGER, ledgerMigrations } from './ledger-tables.js';
import { SyncDeps } from './sync-deps.js';
import { SYNC_HISTORY, syncHistoryProjection } from './sync-history/sync-history.projection.js';
import { RunSync, type RunSyncResult } from './run-sync/run-sync.command.js';
import { RunSyncHandler } from './run-sync/run-sync.handler.js';
import { Staging } from './run-sync/staging.js';

export const DEADLINE_MS = 1_800_000;
/** The moment at which every scene begins. */
export const BEGIN = '2026-11-22T10:00:00.000Z';
const LAST_DAY = '2026-11-20' as BankDay;
const IBAN = 'FR7630006000011234567890189';

const row = (day: BankDay, n: number): FetchedTransaction => ({
  kind: 'row',
  providerAccountId: 'acc',
  providerTransactionId: `tx-${n}`,
  day,
  providerUpdatedAt: null,
  content: {
    status: 'booked',
    bookedOn: day,
    valueOn: null,
    transactedOn: null,
    amount: `-${n}.00`,
    currency: 'EUR',
    label: `row ${n}`,
    originalLabel: null,
    type: 'card',
    counterparty: null,
  },
});

/** So many rows, 500 of each day. */
export const rowsOf = (count: number): readonly FetchedTransaction[] =>
  Array.from({ length: count }, (_, n) => row(addDays(LAST_DAY, -Math.floor(n / 500)), n + 1));

/** A bank of one account, which shows whatever the spec says. */
export class ShownBank extends BankProvider {
  override readonly name = 'powens';
  /** Pages of the next fetch; `changes` of fetches that ask for no more. */
  pages: readonly (readonly FetchedTransaction[])[] = [];
  changes: readonly (readonly FetchedTransaction[])[] = [];
  balance = '1.00';
  /** Awaited before each page. */
  beforePage: () => Promise<void> = () => Promise.resolve();

  override describe = (): Promise<ConnectionSnapshot> =>
    Promise.resolve({
      providerConnectionId: 'p1',
      providerUserId: 'u1',
      health: { kind: 'healthy' },
      refreshedAt: BEGIN,
      consentExpiresAt: null,
      accounts: [
        {
          providerAccountId: 'acc',
          iban: IBAN,
          number: '1',
          holder: null,
          name: 'Account',
          type: 'checking',
          currency: 'EUR',
          balance: this.balance,
          status: 'shared',
        },
      ],
    });

  override async *fetchTransactions({ part }: FetchRequest): AsyncGenerator<FetchStep, void> {
    for (const items of part.kind === 'changes' ? this.changes : this.pages) {
      await this.beforePage();
      yield { kind: 'page', items };
    }
    const scope = part.kind === 'changes' ? 'incremental' : 'full';
    yield { kind: 'end', complete: true, cursor: 'mark', reason: null, scope };
  }

  override startLink = () => Promise.reject(new Error('not asked for'));
  override completeLink = () => Promise.reject(new Error('not asked for'));
  override listConnections = () => Promise.reject(new Error('not asked for'));
  override refresh = () => Promise.reject(new Error('not asked for'));
  override renewAccess = () => Promise.reject(new Error('not asked for'));
  override disconnect = () => Promise.reject(new Error('not asked for'));
  override endUser = () => Promise.reject(new Error('not asked for'));
}

/** Once before the first scene. */
export const prepareRuns = async (db: Database): Promise<void> => {
  await migrate(db, SYNC_HISTORY, syncHistoryProjection.migrations);
  await migrate(db, LEDGER, ledgerMigrations);
  await new Staging(db).prepare();
};

/** One connection that is linked to a {@link ShownBank}, and who carries out its runs; the spec moves the clock. */
export const runScene = async (db: Database, store: EventStore) => {
  const context = { connectionId: randomUUID(), tenantId: 't', companyId: 'c' };
  const { connectionId } = context;
  const [bank, keeper, vault] = [new ShownBank(), new LockKeeper(db), new Vault(generateKey())];
  const circuits = new PgCircuitBreaker(db, {
    failures: 5,
    pauseMs: 1_000,
    longestPauseMs: 1_000,
    probeMs: 1_000,
  });
  await circuits.prepare();
  const correlation = new AlsCorrelationScope();
  let now = BEGIN;
  const deps = new SyncDeps(
    db,
    store,
    new RememberedSnapshots(new PgSnapshots(db, randomUUID()), [connection.category, sync.category]),
    keeper,
    vault,
    new Providers([bank]),
    { publish: () => Promise.resolve() } as never,
    { now: () => now },
    correlation,
    circuits,
    {
      deadlineMs: DEADLINE_MS,
      retryDelaysMs: [],
      retryForMs: 0,
      firstLookDelaysMs: [],
      refreshAfterMs: 0,
      refreshDelaysMs: [],
      webhookIntervalMs: 0,
      fullRereadEveryMs: 86_400_000,
      fullRereadDays: 90,
      timeZone: 'Europe/Paris',
    },
  );
  const metadata = () => deps.metadata('t');
  await store.append(streamOf(connection.category, connectionId), 'no-stream', [
    {
      type: 'ConnectionOpened',
      data: {
        ...context,
        accountId: '1',
        institutionId: 'bank',
        iban: IBAN,
        provider: 'powens',
        syncEnabled: true,
        syncDaysBack: 90,
        openedAt: BEGIN,
      },
      metadata: metadata(),
    },
    {
      type: 'ConnectionLinked',
      data: {
        ...context,
        provider: 'powens',
        providerUserId: 'u1',
        providerConnectionId: 'p1',
        sealedToken: vault.seal('token'),
        stateHash: null,
        linkedAt: BEGIN,
      },
      metadata: metadata(),
    },
  ]);
  const staging = new Staging(db);
  const handler = new RunSyncHandler(deps, staging);
  const stream = streamOf(sync.category, connectionId);
  const events = async (): Promise<readonly SyncEvent[]> => {
    const found: SyncEvent[] = [];
    for await (const { type, data } of store.readStream(stream)) found.push({ type, data } as SyncEvent);
    return found;
  };
  const project = async (): Promise<void> => {
    const recorded: RecordedEvent[] = [];
    for await (const event of store.readStream(stream)) recorded.push({ ...event, recordedAt: BEGIN });
    await db.transaction((tx) => syncHistoryProjection.project(tx, SYNC_HISTORY, recorded));
  };
  /** Asks for a run and returns its id. */
  const request = async (): Promise<string> => {
    const syncId = randomUUID();
    const data = {
      ...context,
      syncId,
      trigger: 'schedule',
      causes: [{ requestId: syncId, trigger: 'schedule' }],
      attended: false,
      slot: null,
      requestedAt: now,
      notBefore: null,
    };
    const past = await events();
    const expected = past.length === 0 ? 'no-stream' : BigInt(past.length - 1);
    await store.append(stream, expected, [{ type: 'SyncRequested', data, metadata: metadata() }]);
    return syncId;
  };
  const carryOut = (syncId: string): Promise<RunSyncResult> =>
    handler.execute(new RunSync(connectionId, syncId));
  /** How many rows the log says that the run imported. */
  const importedBy = async (syncId: string): Promise<number> => {
    let imported = 0;
    const { state } = await fold(deps, connection, connectionId);
    for (const { ledgerId } of state.status === 'none' ? [] : state.accounts) {
      for await (const { type, data } of store.readStream(streamOf(ledger.category, ledgerId))) {
        const event = { type, data } as LedgerEvent;
        if (event.type !== 'TransactionsImported' || event.data.syncId !== syncId) continue;
        imported += event.data.transactions.length;
      }
    }
    return imported;
  };
  /** The event that ended a run. */
  const endOf = async (syncId: string) =>
    (await events()).find((event) => 'counts' in event.data && event.data.syncId === syncId);
  const setClock = (instant: string): void => void (now = instant);
  return {
    ...context,
    bank,
    deps,
    staging,
    keeper,
    request,
    carryOut,
    events,
    endOf,
    project,
    importedBy,
    setClock,
  };
};
