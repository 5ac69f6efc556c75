import { randomUUID } from 'node:crypto';
import {
  connection,
  type ConnectionEvent,
  liveWebhookKeys,
  tokensInUse,
  webhookKeys,
  type WebhookKeysEvent,
} from '#domain';
import { type EventStore, fold, KurrentEventStore } from '#event-store';
import { type RecordedEvent, streamOf } from '#kernel';
import { Database, migrate, PgSnapshots } from '#read-model';
import { anyMetadata, engineUrls, InMemoryEventStore, ownDatabaseUrl } from '#testing';
import { asSealed, generateKey, Vault } from '#vault';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONNECTION_STATUS } from '../connection-rows.js';
import { connectionStatusProjection } from '../connection-status/connection-status.projection.js';
import type { ConnectionsDeps } from '../connections-deps.js';
import { ResealTokensJob } from './reseal-tokens.job.js';

const [OLD, NEW] = [generateKey(), generateKey()];
const [before, during, after] = [new Vault(OLD), new Vault(`${NEW},${OLD}`), new Vault(NEW)];
const TOKEN = 'canary-token-of-a-bank';

let db: Database;
let store: EventStore;
beforeAll(async () => {
  db = new Database(await ownDatabaseUrl());
  store = new KurrentEventStore(engineUrls().eventStoreUrl);
  await migrate(db, CONNECTION_STATUS, connectionStatusProjection.migrations);
});
afterAll(async () => {
  await store.close();
  await db.close();
});

const keeper = {
  tryLock: () =>
    Promise.resolve({ name: 'spec', lost: new AbortController().signal, release: () => Promise.resolve() }),
};
const metadata = () => anyMetadata();

/** A connection whose token is sealed so, with its row. */
const connected = async (
  sealedToken: string,
  ...more: readonly ConnectionEvent['type'][]
): Promise<string> => {
  const connectionId = randomUUID();
  const ids = { connectionId, tenantId: 't', companyId: 'c' };
  const link = { providerUserId: 'u', providerConnectionId: 'p' };
  const data = {
    ConnectionOpened: { accountId: '1', iban: 'FR76', provider: 'powens', syncEnabled: true },
    ConnectionLinked: { ...link, provider: 'powens', sealedToken, stateHash: null },
    ConnectionDisconnected: { by: 'caller', disconnectedAt: 'x', ending: { ...link, isOwnUser: true } },
    LinkEnded: { ...link, user: 'deleted', endedAt: 'x' },
  } as Readonly<Record<string, object>>;
  const types = ['ConnectionOpened', 'ConnectionLinked', ...more];
  const events = types.map((type) => ({ type, data: { ...ids, ...data[type] }, metadata: metadata() }));
  const stream = streamOf('connection', connectionId);
  const written = await store.append(stream, 'no-stream', events);
  expect(written.events).toHaveLength(events.length);
  const recorded = events.map(({ type, data }) => ({
    stream,
    type,
    data,
    recordedAt: '2026-11-22T10:00:00Z',
  }));
  await db.transaction((tx) =>
    connectionStatusProjection.project(tx, CONNECTION_STATUS, recorded as unknown as RecordedEvent[]),
  );
  return connectionId;
};

const tokensOf = async (id: string): Promise<readonly string[]> => {
  const { state } = await fold({ store }, connection, id);
  return state.status === 'none' ? [] : tokensInUse(state).map(({ sealedToken }) => sealedToken);
};
const opened = (vault: Vault, sealed: readonly string[]): readonly string[] =>
  sealed.map((text) => vault.open(asSealed(text)).reveal());

const jobWith = (vault: Vault, log: EventStore = store): ResealTokensJob => {
  const deps: Pick<ConnectionsDeps, 'db' | 'store' | 'snapshots' | 'vault' | 'clock' | 'metadata'> = {
    db,
    store: log,
    snapshots: new PgSnapshots(db, 'reseal-spec'),
    vault,
    clock: { now: () => '2026-11-23T10:00:00.000Z' },
    metadata,
  };
  return new ResealTokensJob(deps as ConnectionsDeps, keeper);
};

describe('after a key was put before the old one', () => {
  it('every token that may still be opened is sealed by it, once, and a renewed one is left as it is', async () => {
    const linked = await connected(before.seal(TOKEN));
    const fresh = await connected(during.seal(TOKEN));
    const ending = await connected(before.seal(TOKEN), 'ConnectionDisconnected');
    const over = await connected(before.seal(TOKEN), 'ConnectionDisconnected', 'LinkEnded');
    const untouched = await tokensOf(fresh);
    await Promise.all([jobWith(during).sweep(), jobWith(during).sweep()]);
    for (const id of [linked, fresh, ending]) expect(opened(after, await tokensOf(id))).toEqual([TOKEN]);
    expect(await tokensOf(fresh)).toEqual(untouched);
    expect(await tokensOf(over)).toEqual([]);
    const settled = await Promise.all([linked, fresh, ending].map(tokensOf));
    await jobWith(during).sweep();
    expect(await Promise.all([linked, fresh, ending].map(tokensOf))).toEqual(settled);
  });

  it('one that no key opens is told, and does not keep the others from it', async () => {
    const strange = await connected(new Vault(generateKey()).seal(TOKEN));
    const linked = await connected(before.seal(TOKEN));
    const failure = await jobWith(during)
      .sweep()
      .catch((error: unknown) => error);
    expect(String(failure)).toMatch(new RegExp(`Connection ${strange}: No key of ENCRYPTION_KEY opens`));
    expect(String(failure)).not.toContain(TOKEN);
    expect(opened(after, await tokensOf(linked))).toEqual([TOKEN]);
    expect(await tokensOf(strange)).toHaveLength(1);
  });

  it('nothing is looked at while there is one key', async () => {
    const linked = await connected(before.seal(TOKEN));
    await jobWith(after).sweep();
    expect(opened(before, await tokensOf(linked))).toEqual([TOKEN]);
  });

  it('the registered webhook secrets are sealed by it, too', async () => {
    const fingerprint = randomUUID();
    const added: WebhookKeysEvent = {
      type: 'WebhookSecretAdded',
      data: {
        provider: 'tink',
        name: 'spec',
        externalId: fingerprint,
        sealedSecret: before.seal('canary-secret'),
        fingerprint,
        url: null,
        addedAt: '2026-11-22T10:00:00.000Z',
      },
    };
    // A log of its own: whoever shares a log must be able to open its webhook secrets.
    const log = new InMemoryEventStore();
    const stream = streamOf(webhookKeys.category, 'tink');
    await log.append(stream, 'no-stream', [{ ...added, metadata: metadata() }]);
    await jobWith(during, log).sweep();
    const { state } = await fold({ store: log }, webhookKeys, 'tink');
    const mine = liveWebhookKeys(state).filter((key) => key.fingerprint === fingerprint);
    expect(mine).toMatchObject([{ ...added.data, sealedSecret: expect.any(String) as string }]);
    expect(opened(after, mine.map(({ sealedSecret }) => sealedSecret))).toEqual(['canary-secret']); // prettier-ignore
  });
});
