import { connection, type ConnectionEvent, type LinkedConnection } from '#domain';
import { streamOf } from '#kernel';
import { AlsCorrelationScope } from '#platform';
import { BankProvider, type ConnectionSnapshot, type ProviderAccess, ProviderError } from '#providers';
import { InMemoryEventStore, stateAfter } from '#testing';
import { generateKey, Vault } from '#vault';
import { describe, expect, it } from 'vitest';
import { SyncDeps } from '../sync-deps.js';
import { confirmGone } from './confirm-gone.js';
import { ConnectionGone } from './sync-problem.js';

const NOW = '2026-06-01T08:00:00.000Z';
const notFound = () => new ProviderError('permanent', 'powens.not-found', 'Not found.');
const refused = () => new ProviderError('needs-user', 'powens.token-refused', 'Refused.');
const unavailable = () => new ProviderError('retry', 'powens.unavailable', 'Down.');
const userUnknown = () => new ProviderError('permanent', 'powens.user-unknown', 'Unknown.');

const snapshot = (providerConnectionId: string): ConnectionSnapshot => ({
  providerConnectionId,
  providerUserId: 'u1',
  health: { kind: 'healthy' },
  refreshedAt: NOW,
  consentExpiresAt: null,
  accounts: [],
});

type Answer<T> = T | ProviderError;
interface Script {
  /** What each look finds; the last repeats. */
  readonly describes: readonly Answer<ConnectionSnapshot>[];
  readonly lists: readonly Answer<readonly ConnectionSnapshot[]>[];
  readonly renew?: ProviderError;
}

class ScriptedProvider extends BankProvider {
  override readonly name = 'powens';
  looks = 0;
  #lists = 0;

  constructor(private readonly script: Script) {
    super();
  }

  override describe(): Promise<ConnectionSnapshot> {
    return this.#next(this.script.describes, this.looks++);
  }

  override listConnections(): Promise<readonly ConnectionSnapshot[]> {
    return this.#next(this.script.lists, this.#lists++);
  }

  override async renewAccess(access: ProviderAccess): Promise<ProviderAccess> {
    if (this.script.renew) throw this.script.renew;
    return { ...access, accessToken: 'new' };
  }

  override startLink = () => Promise.reject(new Error('not asked for'));
  override completeLink = () => Promise.reject(new Error('not asked for'));
  override refresh = () => Promise.reject(new Error('not asked for'));
  override disconnect = () => Promise.reject(new Error('not asked for'));
  override endUser = () => Promise.reject(new Error('not asked for'));
  override fetchTransactions = () => {
    throw new Error('not asked for');
  };

  async #next<T>(answers: readonly Answer<T>[], n: number): Promise<T> {
    const answer = answers[Math.min(n, answers.length - 1)];
    if (answer === undefined || answer instanceof ProviderError) throw answer ?? new Error('no answer');
    return answer;
  }
}

interface Told {
  readonly told: boolean;
  /** What happened to the connection since the run began. */
  readonly since?: readonly ConnectionEvent[];
}

const scene = async (failure: unknown, script: Script, { told, since = [] }: Told) => {
  const context = { connectionId: 'c1', tenantId: 't1', companyId: 'co1' };
  const vault = new Vault(generateKey());
  const history: readonly ConnectionEvent[] = [
    {
      type: 'ConnectionOpened',
      data: {
        ...context,
        accountId: '1',
        institutionId: 'b',
        iban: 'FR76',
        provider: 'powens',
        syncEnabled: true,
        syncDaysBack: 90,
        openedAt: NOW,
      },
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
        linkedAt: NOW,
      },
    },
  ];
  const store = new InMemoryEventStore();
  const correlation = new AlsCorrelationScope();
  const metadata = { ...correlation.current(), commandId: 'x', tenantId: 't1' };
  const news = [...history, ...since].map((event) => ({ ...event, metadata }));
  await store.append(streamOf(connection.category, 'c1'), 'no-stream', news);
  const provider = new ScriptedProvider(script);
  const deps = Object.assign(Object.create(SyncDeps.prototype) as SyncDeps, {
    db: { query: async () => (told ? [{}] : []) },
    store,
    vault,
    correlation,
    clock: { now: () => NOW },
    providers: { named: () => provider },
    policy: { retryDelaysMs: [1, 1, 60_000] },
  });
  const linked = stateAfter(connection, ...history) as LinkedConnection;
  return { found: await confirmGone(deps, linked, failure), provider };
};

const gone: Script = { describes: [notFound()], lists: [[]] };
const others: Script = { describes: [notFound()], lists: [[snapshot('p2')]] };

describe('a connection that the provider does not find', () => {
  it.each([gone, others])('and does not list either is gone at once when we were told', async (script) => {
    const { found, provider } = await scene(notFound(), script, { told: true });
    expect(found).toBeInstanceOf(ConnectionGone);
    expect(provider.looks).toBe(1);
  });

  it.each([gone, others])('is gone without a notice after three looks', async (script) => {
    const { found, provider } = await scene(notFound(), script, { told: false });
    expect(found).toBeInstanceOf(ConnectionGone);
    expect(provider.looks).toBe(3);
  });

  it('and lists all the same is not gone', async () => {
    const failure = notFound();
    const script = { describes: [notFound()], lists: [[snapshot('p1')]] };
    expect((await scene(failure, script, { told: true })).found).toBe(failure);
  });

  it('and shows again a moment later is not gone', async () => {
    const failure = notFound();
    const back = { describes: [notFound(), notFound(), snapshot('p1')], lists: [[]] };
    expect((await scene(failure, back, { told: false })).found).toBe(failure);
    const listed = { describes: [notFound()], lists: [[], [], [snapshot('p1')]] };
    expect((await scene(failure, listed, { told: false })).found).toBe(failure);
  });

  it('is not gone when the list is not to be had: the run goes on with that', async () => {
    const passing = unavailable();
    const script = { describes: [notFound()], lists: [passing] };
    for (const told of [true, false]) expect((await scene(notFound(), script, { told })).found).toBe(passing);
    const nowhere = notFound();
    const allMissing = { describes: [notFound()], lists: [nowhere] };
    expect((await scene(notFound(), allMissing, { told: true })).found).toBe(nowhere);
  });
});

describe('a user that the provider does not know', () => {
  const script = { describes: [refused()], lists: [refused()] };

  it('is gone when we were told, and only then', async () => {
    const failure = userUnknown();
    expect((await scene(failure, script, { told: true })).found).toBeInstanceOf(ConnectionGone);
    expect((await scene(failure, script, { told: false })).found).toBe(failure);
  });

  it('may also show only while we look for its connection', async () => {
    const lost = { ...script, renew: notFound() };
    expect((await scene(notFound(), lost, { told: true })).found).toBeInstanceOf(ConnectionGone);
    expect((await scene(notFound(), lost, { told: false })).found).toMatchObject({
      code: 'powens.user-unknown',
    });
  });
});

describe('a connection that was disconnected here while its run was under way', () => {
  const since: readonly ConnectionEvent[] = [
    {
      type: 'ConnectionDisconnected',
      data: { connectionId: 'c1', tenantId: 't1', companyId: 'co1', by: 'caller', disconnectedAt: NOW },
    },
  ];

  it.each([notFound(), userUnknown(), refused(), unavailable()])(
    'is why the run ends, not %s',
    async (failure) => {
      const { found, provider } = await scene(failure, gone, { told: false, since });
      expect(found).toMatchObject({ code: 'connection.disconnected' });
      expect(provider.looks).toBe(0);
    },
  );

  it('is not why when the failure is ours', async () => {
    const failure = new Error('ours');
    expect((await scene(failure, gone, { told: false, since })).found).toBe(failure);
  });
});

describe('any other failure', () => {
  it.each([
    unavailable(),
    refused(),
    new ProviderError('permanent', 'powens.client-refused', 'Ours.'),
    new ProviderError('bug', 'powens.invalid-request', 'Bad.'),
    new Error('ours'),
  ])('is no sign of it, told or not: %s', async (failure) => {
    const { found, provider } = await scene(failure, gone, { told: true });
    expect(found).toBe(failure);
    expect(provider.looks).toBe(0);
  });
});
