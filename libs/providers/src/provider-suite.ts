import { setTimeout as delay } from 'node:timers/promises';
import { addDays, dayIn } from '#kernel';
import type { FetchedTransaction } from '#domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type BankProvider,
  type ConnectionSnapshot,
  type FetchStep,
  type LinkSession,
  type ProviderAccess,
  type ProviderAccount,
  ProviderError,
} from './bank-provider.js';

/** A provider together with the simulated banks behind it: what the suite needs to make things happen there. */
export interface ProviderWorld {
  readonly provider: BankProvider;
  /** The same adapter, pointed at an address where nobody listens. */
  readonly unreachable: BankProvider;
  /** Registered with the provider. */
  readonly redirectUri: string;
  /** An account in EUR with a history of more than one page. */
  readonly iban: string;
  /** What a person does in the browser; returns the callback's parameters. */
  visit(session: LinkSession, decision: 'agree' | 'cancel'): Promise<Record<string, string>>;
  /** Books one row on the account, and lets the provider notice it. */
  book(row: { readonly day: string; readonly amount: string; readonly label: string }): Promise<void>;
  /** The bank takes back the row with this text. */
  takeBack(label: string): Promise<void>;
  /** The provider refuses the token from now on. */
  refuseToken(access: ProviderAccess): Promise<void>;
  /** The connection needs the person; returns the provider's code for it. */
  breakConnection(access: ProviderAccess): Promise<string>;
  close(): Promise<void>;
}

export interface Fetched {
  readonly items: readonly FetchedTransaction[];
  readonly end: Extract<FetchStep, { kind: 'end' }>;
  readonly calls: number;
}

export const link = (world: ProviderWorld, access: ProviderAccess | null = null): Promise<LinkSession> =>
  world.provider.startLink({
    access,
    state: `state-${Date.now()}`,
    redirectUri: world.redirectUri,
    iban: world.iban,
    language: 'fr',
  });

/** A person who has linked the account, once the provider has read the bank for the first time. */
export const linkedAccess = async (world: ProviderWorld): Promise<ProviderAccess> => {
  const session = await link(world);
  const result = await world.provider.completeLink(session.access, await world.visit(session, 'agree'));
  if (result.kind !== 'linked') return expect.fail(`refused: ${result.code}`);
  await untilHealthy(world.provider, result.access);
  return result.access;
};

export const untilHealthy = async (
  provider: BankProvider,
  access: ProviderAccess,
): Promise<ConnectionSnapshot> => {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const snapshot = await provider.describe(access);
    if (snapshot.health.kind === 'healthy') return snapshot;
    if (Date.now() > deadline) return expect.fail(`still ${JSON.stringify(snapshot.health)}`);
    await delay(20);
  }
};

export const accountOf = (world: ProviderWorld, snapshot: ConnectionSnapshot): ProviderAccount =>
  snapshot.accounts.find((account) => account.iban === world.iban && account.status === 'shared') ?? expect.fail('the account is not shared'); // prettier-ignore

export const fetchAll = async (
  provider: BankProvider,
  request: {
    readonly access: ProviderAccess;
    readonly accounts: readonly ProviderAccount[];
    readonly cursor?: string | null;
    readonly days?: number;
  },
): Promise<Fetched> => {
  const calls = { count: 0 };
  const items: FetchedTransaction[] = [];
  const from = addDays(dayIn('Europe/Paris', new Date().toISOString()), -(request.days ?? 3650));
  const { access, cursor = null } = request;
  const accounts = request.accounts.map((account) => ({ ...account, from }));
  const part =
    cursor === null ? { kind: 'window' as const, to: null } : { kind: 'changes' as const, since: cursor };
  const begunAt = new Date().toISOString();
  for await (const step of provider.fetchTransactions(
    { access, accounts, part, begunAt, refreshedAt: null },
    calls,
  )) {
    if (step.kind === 'end') return { items, end: step, calls: calls.count };
    items.push(...step.items);
  }
  return expect.fail('the fetch ended without an end');
};

export const idsOf = (items: readonly FetchedTransaction[]): readonly string[] =>
  items.map((item) => (item.kind === 'unreadable' ? item.rowKey : item.providerTransactionId));

const failure = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => 'it did not fail', (error: unknown) => error); // prettier-ignore

/** What every {@link BankProvider} must do, whoever the provider is. Run it in an `.int-spec.ts` on the provider's simulator. */
export const bankProviderSuite = (name: string, make: () => Promise<ProviderWorld>): void => {
  describe(`${name} as a bank provider`, () => {
    let world: ProviderWorld;
    let access: ProviderAccess;
    beforeAll(async () => {
      world = await make();
      access = await linkedAccess(world);
    });
    afterAll(() => world?.close());

    const account = async () => accountOf(world, await world.provider.describe(access));

    describe('linking', () => {
      it('gives a page for one person that soon expires, and access to a user without a bank', async () => {
        const session = await link(world);
        expect(Date.parse(session.expiresAt)).toBeGreaterThan(Date.now());
        expect(session.access).toMatchObject({
          providerUserId: expect.stringMatching(/./),
          providerConnectionId: null,
        });
        expect(session.url).not.toContain(encodeURIComponent(session.access.accessToken));
      });

      it('that the person refuses is refused by the person', async () => {
        const session = await link(world);
        const result = await world.provider.completeLink(
          session.access,
          await world.visit(session, 'cancel'),
        );
        expect(result).toMatchObject({ kind: 'refused', by: 'user' });
      });

      it('is found although the callback said nothing', async () => {
        const session = await link(world);
        await world.visit(session, 'agree');
        expect(await world.provider.completeLink(session.access, {})).toMatchObject({
          kind: 'linked',
          access: { ...session.access, providerConnectionId: expect.stringMatching(/./) },
        });
      });

      it('is found in the list of connections', async () => {
        const found = await world.provider.listConnections(access);
        expect(found.map((each) => each.providerConnectionId)).toContain(access.providerConnectionId);
        expect(found).toContainEqual(await world.provider.describe(access));
      });
    });

    describe('describing', () => {
      it('shows the shared account with IBAN, currency and balance', async () => {
        expect(await account()).toMatchObject({
          iban: world.iban,
          currency: 'EUR',
          balance: expect.stringMatching(/^-?\d+\.\d{2}$/),
          status: 'shared',
        });
      });

      it('says when the provider last read the bank', async () => {
        const { refreshedAt } = await world.provider.describe(access);
        expect(Math.abs(Date.now() - Date.parse(refreshedAt ?? ''))).toBeLessThan(120_000);
      });
    });

    describe('fetching', () => {
      it('brings every row of the window once, canonical, with a cursor at the end', async () => {
        const fetched = await fetchAll(world.provider, { access, accounts: [await account()] });
        expect(fetched.end).toMatchObject({
          complete: true,
          scope: 'full',
          reason: null,
          cursor: expect.any(String),
        });
        expect(fetched.calls).toBeGreaterThan(1);
        expect(fetched.items.length).toBeGreaterThan(1000);
        expect(new Set(idsOf(fetched.items)).size).toBe(fetched.items.length);
        for (const item of fetched.items) {
          if (item.kind !== 'row') continue;
          expect(item.content.amount).toMatch(/^-?\d+\.\d{2,}$/);
          expect(item.day).toMatch(/^\d{4}-\d{2}-\d{2}$/);
        }
      });

      it('brings no row from before the window', async () => {
        const { items } = await fetchAll(world.provider, { access, accounts: [await account()], days: 90 });
        const first = addDays(dayIn('Europe/Paris', new Date().toISOString()), -90);
        expect(items.length).toBeGreaterThan(0);
        expect(items.filter((item) => item.kind === 'row' && item.day < first)).toEqual([]);
      });

      it('brings the same again when asked again', async () => {
        const accounts = [await account()];
        const once = await fetchAll(world.provider, { access, accounts, days: 200 });
        const again = await fetchAll(world.provider, { access, accounts, days: 200 });
        expect(again.items).toEqual(once.items);
      });

      it('with a cursor brings what was booked since, and what was taken back', async () => {
        const accounts = [await account()];
        const label = `SUITE ${Date.now()}`;
        const before = await fetchAll(world.provider, { access, accounts });
        const day = dayIn('Europe/Paris', new Date().toISOString());
        await world.book({ day, amount: '-12.30', label });
        const since = await fetchAll(world.provider, { access, accounts, cursor: before.end.cursor });
        const booked = since.items.find(
          (item) => item.kind === 'row' && item.content.originalLabel === label,
        );
        expect(booked).toMatchObject({
          day,
          content: { status: 'booked', amount: '-12.30', currency: 'EUR', bookedOn: day },
        });
        expect(since.end).toMatchObject({ complete: true, scope: 'incremental' });
        expect(idsOf(before.items)).not.toContain(idsOf(booked ? [booked] : [])[0]);

        await world.takeBack(label);
        const after = await fetchAll(world.provider, { access, accounts, cursor: since.end.cursor });
        const [id] = idsOf(booked ? [booked] : []);
        expect(after.items.filter((item) => idsOf([item])[0] === id)).toMatchObject([{ kind: 'deleted' }]);
      });

      it('of no account is empty and complete', async () => {
        const { items, end } = await fetchAll(world.provider, { access, accounts: [] });
        expect(items).toEqual([]);
        expect(end.complete).toBe(true);
      });
    });

    describe('when it does not go well', () => {
      it('names what the person must do, and works again after the repair', async () => {
        const broken = await linkedAccess(world);
        const code = await world.breakConnection(broken);
        expect((await world.provider.describe(broken)).health).toEqual({
          kind: 'broken',
          code,
          owner: 'user',
        });
        const session = await link(world, broken);
        const result = await world.provider.completeLink(session.access, await world.visit(session, 'agree'));
        expect(result).toMatchObject({
          kind: 'linked',
          access: { providerConnectionId: broken.providerConnectionId },
        });
        await untilHealthy(world.provider, broken);
      });

      it('renews a refused access once for all, and for the same user', async () => {
        const refused = await linkedAccess(world);
        await world.refuseToken(refused);
        expect(await failure(world.provider.describe(refused))).toMatchObject({ name: 'ProviderError', kind: 'needs-user', code: expect.stringMatching(/\.token-refused$/) }); // prettier-ignore
        const renewed = await world.provider.renewAccess(refused);
        expect(renewed).toEqual({ ...refused, accessToken: expect.any(String) });
        expect(renewed.accessToken).not.toBe(refused.accessToken);
        expect(await world.provider.describe(renewed)).toMatchObject({
          providerConnectionId: refused.providerConnectionId,
        });
      });

      it('disconnects, and being asked again is no error', async () => {
        const ended = await linkedAccess(world);
        await world.provider.disconnect(ended);
        await world.provider.disconnect(ended);
        const error = await failure(world.provider.describe(ended));
        expect(error).toBeInstanceOf(ProviderError);
        expect(error).toMatchObject({ kind: 'permanent' });
      });

      it('ends a user once it has no link left, and being asked again is no error', async () => {
        const used = await linkedAccess(world);
        expect(await world.provider.endUser(used, 'spare')).toBe('in-use');
        expect(await world.provider.endUser(used, 'end')).toBe('deleted');
        expect(await world.provider.endUser(used, 'end')).toBe('deleted');
        expect(await failure(world.provider.renewAccess(used))).toBeInstanceOf(ProviderError);
      });

      it('says that nobody answers, with an error that may be tried again', async () => {
        const { unreachable } = world;
        const accounts = [await account()];
        const attempts = [
          () => link({ ...world, provider: unreachable }),
          () => unreachable.describe(access),
          () => unreachable.listConnections(access),
          () => unreachable.completeLink(access, {}),
          () => unreachable.renewAccess(access),
          () => unreachable.disconnect(access),
          () => unreachable.endUser(access, 'spare'),
          () => fetchAll(unreachable, { access, accounts }),
        ];
        for (const attempt of attempts) {
          const error = await failure(attempt());
          expect(error).toBeInstanceOf(ProviderError);
          expect(error).toMatchObject({ kind: 'retry' });
          expect(String(error)).not.toContain(access.accessToken);
        }
      });
    });
  });
};
