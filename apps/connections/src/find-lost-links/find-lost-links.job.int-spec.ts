import { randomUUID } from 'node:crypto';
import { type RecordedEvent, streamOf } from '#kernel';
import type { CallCount, ConnectionSnapshot, ProviderAccess } from '#providers';
import { Database, migrate } from '#read-model';
import { anyAccount, anyMetadata, engineUrls, InMemoryEventStore } from '#testing';
import { generateKey, Vault } from '#vault';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONNECTION_STATUS } from '../connection-rows.js';
import { connectionStatusProjection } from '../connection-status/connection-status.projection.js';
import type { ConnectionsDeps } from '../connections-deps.js';
import { FindLostLinksJob } from './find-lost-links.job.js';

const IBAN = 'FR7699998000010000000452127';
const START = Date.parse('2031-06-01T08:00:00.000Z');
const after = (minutes: number): string => new Date(START + minutes * 60_000).toISOString();

let db: Database;
const vault = new Vault(generateKey());
const store = new InMemoryEventStore();
const metadata = () => anyMetadata({ tenantId: 't' });

beforeAll(async () => {
  db = new Database(engineUrls().databaseUrl);
  await migrate(db, CONNECTION_STATUS, connectionStatusProjection.migrations);
});
afterAll(() => db.close());

const keeper = {
  tryLock: () =>
    Promise.resolve({
      name: 'spec',
      lost: new AbortController().signal,
      release: () => Promise.resolve(),
    }),
};

const snapshotOf = (iban: string): ConnectionSnapshot => ({
  providerConnectionId: 'p-1',
  providerUserId: 'u',
  health: { kind: 'healthy' },
  refreshedAt: after(1),
  consentExpiresAt: null,
  accounts: [anyAccount({ iban })],
});

/** A connection whose link page was made at the start and is good for half an hour. */
const scene = async (...more: readonly { readonly type: string; readonly data: object }[]) => {
  const connectionId = randomUUID();
  const ids = { connectionId, tenantId: 't', companyId: 'c' };
  const event = (type: string, data: object) => ({ type, data: { ...ids, ...data }, metadata: metadata() });
  const events = [
    event('ConnectionOpened', { accountId: '1', institutionId: 'BNPAFRPP', iban: IBAN, provider: 'powens' }),
    event('LinkStarted', {
      stateHash: 'h',
      expiresAt: after(30),
      providerUserId: 'u',
      sealedToken: vault.seal('the token'),
    }),
    ...more.map(({ type, data }) => event(type, data)),
  ];
  const stream = streamOf('connection', connectionId);
  await store.append(stream, 'no-stream', events);
  const recorded = events.map(({ type, data }) => ({ stream, type, data, recordedAt: after(0) }));
  await db.transaction((tx) =>
    connectionStatusProjection.project(tx, CONNECTION_STATUS, recorded as unknown as RecordedEvent[]),
  );
  let now = after(0);
  let shown: readonly ConnectionSnapshot[] = [];
  const asked: ProviderAccess[] = [];
  const manners: unknown[] = [];
  const powens = {
    listConnections: (access: ProviderAccess, calls?: CallCount) => {
      asked.push(access);
      manners.push(calls ? (calls.attended ?? false) : 'somebody waits');
      return Promise.resolve(shown);
    },
  };
  const deps = {
    // Rows of other specs are theirs.
    db: {
      query: async (sql: string, values: readonly unknown[]) =>
        (await db.query<{ id: string }>(sql, values)).filter(({ id }) => id === connectionId),
    },
    store,
    vault,
    clock: { now: () => now },
    metadata,
    provider: () => powens,
    ledgerIds: () => Promise.resolve((identity: readonly string[]) => identity.join()),
  };
  const job = new FindLostLinksJob(deps as unknown as ConnectionsDeps, keeper);
  const sweepAt = async (minutes: number, showing: readonly ConnectionSnapshot[] = []): Promise<void> => {
    now = after(minutes);
    shown = showing;
    await job.sweep();
  };
  const written = async (): Promise<readonly string[]> => {
    const types: string[] = [];
    for await (const { type } of store.readStream(stream)) types.push(type);
    return types.slice(events.length);
  };
  return { sweepAt, asked, manners, written, deps: deps as unknown as ConnectionsDeps, connectionId };
};

describe('a link whose browser never came back', () => {
  it('is found at the provider, with its accounts', async () => {
    const { sweepAt, asked, manners, written } = await scene();
    await sweepAt(3, [snapshotOf(IBAN)]);
    expect(asked.map(({ accessToken }) => accessToken)).toEqual(['the token']);
    expect(manners).toEqual([false]);
    expect(await written()).toEqual(['ConnectionLinked', 'AccountDiscovered', 'AccountTracked']);
    await sweepAt(60, [snapshotOf(IBAN)]);
    expect(await written()).toHaveLength(3);
  });

  it('is looked for a few times only, however often the job runs, and not before the person had time', async () => {
    const { sweepAt, asked, written } = await scene();
    await sweepAt(1);
    expect(asked).toHaveLength(0);
    for (let minute = 2; minute < 2_000; minute += 1) await sweepAt(minute);
    expect(asked).toHaveLength(5);
    expect(await written()).toEqual([]);
  });

  it('with another account is taken when the page is too old for the person to be still at it', async () => {
    const { sweepAt, written } = await scene();
    const other = [snapshotOf('FR7630006000011234567890189')];
    await sweepAt(10, other);
    expect(await written()).toEqual([]);
    await sweepAt(40, other);
    expect(await written()).toEqual(['ConnectionLinked', 'AccountDiscovered', 'UserActionRequired']);
  });

  it('is not looked for where the person refused', async () => {
    const { sweepAt, asked } = await scene({
      type: 'LinkFailed',
      data: { stateHash: 'h', code: 'x', by: 'user' },
    });
    await sweepAt(60, [snapshotOf(IBAN)]);
    expect(asked).toHaveLength(0);
  });
});
