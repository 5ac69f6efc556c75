import { type BankDay, parseBankDay } from '#kernel';
import { afterEach, describe, expect, it } from 'vitest';
import type { FetchRequest, FetchStep, WantedAccount } from '../bank-provider.js';
import { type ScriptedAnswer, type SeenRequest, startScriptedServer } from '../scripted-server.js';
import { fixtureBytes } from './fixtures.js';
import { PowensProvider } from './powens-provider.js';

const FROM = parseBankDay('2026-03-01') ?? expect.fail('no day');
const LATER = parseBankDay('2026-03-05') ?? expect.fail('no day');
const EARLIER = parseBankDay('2026-02-01') ?? expect.fail('no day');
const open: { close(): Promise<unknown> }[] = [];
afterEach(() => Promise.all(open.splice(0).map((each) => each.close())));

const row = (id: number, changes: object = {}) => ({
  id,
  id_account: 8801,
  date: '2026-03-10',
  value: -1.5,
  last_update: '2026-03-11 06:00:00',
  deleted: null,
  coming: false,
  ...changes,
});

const wantedFrom = (from: BankDay, ...ids: string[]): readonly WantedAccount[] =>
  ids.map((providerAccountId) => ({ providerAccountId, currency: 'EUR', from }));
const wanted = (...ids: string[]) => wantedFrom(FROM, ...ids);
const request = (changes: Partial<FetchRequest> = {}): FetchRequest => ({
  access: { accessToken: 'token', providerUserId: '4021', providerConnectionId: '3107' },
  accounts: wanted('8801', '8802'),
  part: { kind: 'window', to: null },
  begunAt: '2026-04-01T00:00:00.000Z',
  refreshedAt: null,
  ...changes,
});

const USER_WIDE = '/2.0/users/me/transactions';
const FULL = 'limit=1000&all=&filter=date&min_date=2026-03-01';

const fetchWith = async (
  answer: (request: SeenRequest, nth: number, origin: string) => ScriptedAnswer,
  changes: Partial<FetchRequest> = {},
  pageCap?: number,
) => {
  let origin = '';
  const server = await startScriptedServer((seen, nth) => answer(seen, nth, origin));
  origin = server.origin;
  const provider = new PowensProvider({
    baseUrl: `${origin}/2.0`,
    webviewUrl: 'https://webview.powens.com',
    clientId: '1',
    clientSecret: () => 's',
    pageCap,
    clock: { now: () => '2026-04-01T00:00:00.000Z' },
    pause: async () => undefined,
  });
  open.push(provider, server);
  const calls = { count: 0 };
  const steps: FetchStep[] = [];
  const failed = await (async () => {
    for await (const step of provider.fetchTransactions(request(changes), calls)) steps.push(step);
  })().catch((error: unknown) => error);
  const items = steps.flatMap((step) => (step.kind === 'page' ? step.items : []));
  const ids = items.map((item) =>
    'providerTransactionId' in item ? item.providerTransactionId : item.rowKey,
  );
  return {
    urls: server.requests.map((seen) => seen.url),
    steps,
    items,
    ids,
    end: steps.at(-1),
    calls,
    failed,
  };
};

const pageOf = (rows: readonly object[], next: string | null = null): ScriptedAnswer => ({
  body: { transactions: rows, _links: { prev: null, next: next === null ? null : { href: next } } },
});

const cursorOf = (lastUpdate = '2026-03-14 06:12:27') => JSON.stringify({ v: 2, lastUpdate });
const READ = cursorOf();
const since = (cursor = READ): Partial<FetchRequest> => ({ part: { kind: 'changes', since: cursor } });

describe('a first fetch', () => {
  it('reads all accounts at once, by the bank’s date and with deleted rows, and follows the links as they are', async () => {
    const { urls, ids, end, calls, steps } = await fetchWith((_, nth, origin) => {
      const recorded = new TextDecoder().decode(fixtureBytes('transactions-page.json'));
      if (nth === 1) return { body: recorded.replaceAll('https://acme-sandbox.biapi.pro', origin) };
      return pageOf([row(1, { id_account: 8802 })]);
    });
    expect(urls[0]).toBe(`${USER_WIDE}?${FULL}`);
    expect(urls[1]).toMatch(
      /limit=4&filter=date&min_date=2026-03-01&all=&cursor=W3sib3AiOiAibHQiLCAidmFsdWUi/,
    );
    expect(ids).toEqual(['700211', '700198', '700176', '700145', '1']);
    expect(steps).toHaveLength(3);
    expect(calls.count).toBe(2);
    expect(end).toEqual({
      kind: 'end',
      complete: true,
      cursor: READ,
      reason: null,
      scope: 'full',
    });
  });

  it('of one account uses its own address', async () => {
    const { urls } = await fetchWith(() => pageOf([]), { accounts: wanted('8801') });
    expect(urls).toEqual([`/2.0/users/me/accounts/8801/transactions?${FULL}`]);
  });

  it('of no account asks nobody', async () => {
    const { urls, end } = await fetchWith(() => pageOf([]), { accounts: [] });
    expect(urls).toEqual([]);
    expect(end).toMatchObject({ complete: true, cursor: null });
  });

  it('leaves out rows of other accounts, and keeps rows whose account cannot be read', async () => {
    const { ids, end } = await fetchWith(() =>
      pageOf([
        row(1),
        row(2, { id_account: 9999, last_update: '2026-03-30 00:00:00' }),
        row(3, { id_account: null }),
      ]),
    );
    expect(ids).toEqual(['1', '3']);
    expect(end).toMatchObject({ cursor: expect.stringContaining('2026-03-11 06:00:00') });
  });

  it('without any row has no cursor: the next one reads everything again', async () => {
    const { end } = await fetchWith(() => pageOf([]));
    expect(end).toMatchObject({ complete: true, cursor: null, scope: 'full' });
  });

  it('does not let a timestamp of the far future blind the next ones', async () => {
    const { end } = await fetchWith(() => pageOf([row(1), row(2, { last_update: '2099-01-01 00:00:00' })]));
    expect(end).toMatchObject({ cursor: expect.stringContaining('2026-03-11 06:00:00') });
  });
});

describe('a fetch with a cursor', () => {
  it('reads what changed since, three hours earlier, for all known accounts at once', async () => {
    const { urls, end } = await fetchWith(() => pageOf([row(1, { last_update: '2026-03-15 06:00:00' })]), {
      ...since(),
    });
    expect(urls).toEqual([`${USER_WIDE}?limit=1000&all=&last_update=2026-03-14+03%3A12%3A27`]);
    expect(end).toMatchObject({
      scope: 'incremental',
      cursor: READ.replace('2026-03-14 06:12:27', '2026-03-15 06:00:00'),
    });
  });

  it.each([null, '2026-03-20T05:00:00Z'])(
    'that brings nothing keeps its place: the answer may be empty by mistake (bank looked at: %s)',
    async (refreshedAt) => {
      const { end } = await fetchWith(() => pageOf([]), { ...since(), refreshedAt });
      expect(end).toMatchObject({ complete: true, cursor: READ });
    },
  );

  it('of another make reads everything again', async () => {
    const { urls, end } = await fetchWith(() => pageOf([row(1)]), since('{"v":1}'));
    expect(urls).toEqual([`${USER_WIDE}?${FULL}`]);
    expect(end).toMatchObject({ scope: 'full', cursor: cursorOf('2026-03-11 06:00:00') });
  });

  it.each([
    { refreshedAt: '2026-03-20T05:00:00Z', mark: '2026-03-20T05:00:00Z', why: 'no row is so recent' },
    { refreshedAt: '2026-03-10T05:00:00Z', mark: '2026-03-14 06:12:27', why: 'a row is more recent' },
    { refreshedAt: '2026-04-02T05:00:00Z', mark: '2026-03-14 06:12:27', why: 'it lies in the future' },
    { refreshedAt: null, mark: '2026-03-14 06:12:27', why: 'it is unknown' },
  ])('goes on from the provider’s last look at the bank, or not: $why', async ({ refreshedAt, mark }) => {
    const shown = row(1, { last_update: '2026-03-14 06:12:27' });
    const { end } = await fetchWith(() => pageOf([shown]), { ...since(), refreshedAt });
    expect(end).toMatchObject({ cursor: cursorOf(mark) });
  });

  it('looks again at what changed after the reading had begun', async () => {
    const changed = row(1, { last_update: '2026-03-15 06:00:00' });
    const { end } = await fetchWith(() => pageOf([changed]), { ...since(), begunAt: '2026-03-15T04:00:00Z' });
    expect(end).toMatchObject({ cursor: cursorOf('2026-03-15 05:00:00') });
  });

  it('keeps changes of rows from before the window: they may have been re-dated to before it', async () => {
    const rows = [
      row(1, { date: '2026-03-02' }),
      row(2, { date: '2026-02-27' }),
      row(3, { date: '2026-02-27', deleted: '2026-03-11 06:00:00' }),
    ];
    const { ids, end } = await fetchWith(() => pageOf(rows), since());
    expect(ids).toEqual(['1', '2', '3']);
    expect(end).toMatchObject({ cursor: READ });
  });
});

describe('a window', () => {
  it('goes from the earliest day that an account is wanted from to its last, and keeps to each account’s', async () => {
    const accounts = [...wantedFrom(EARLIER, '8801'), ...wantedFrom(LATER, '8802')];
    const rows = [row(1, { date: '2026-03-02' }), row(2, { date: '2026-03-02', id_account: 8802 })];
    const to = FROM;
    const { urls, ids } = await fetchWith(() => pageOf(rows), { accounts, part: { kind: 'window', to } });
    expect(urls).toEqual([
      `${USER_WIDE}?limit=1000&all=&filter=date&min_date=2026-02-01&max_date=2026-03-01`,
    ]);
    expect(ids).toEqual(['1']);
  });
});

describe('a fetch that cannot end well', () => {
  it('stops at a link that it followed before, and says so', async () => {
    const { ids, end, calls } = await fetchWith((_, nth, origin) =>
      pageOf([row(nth)], `${origin}${USER_WIDE}?cursor=a`),
    );
    expect(ids).toEqual(['1', '2']);
    expect(calls.count).toBe(2);
    expect(end).toEqual({
      kind: 'end',
      complete: false,
      cursor: null,
      reason: 'repeated-cursor',
      scope: 'incremental',
    });
  });

  it('stops at the page cap, and says so', async () => {
    const { ids, end } = await fetchWith(
      (_, nth, origin) => pageOf([row(nth)], `${origin}${USER_WIDE}?cursor=${nth}`),
      {},
      3,
    );
    expect(ids).toEqual(['1', '2', '3']);
    expect(end).toEqual({
      kind: 'end',
      complete: false,
      cursor: null,
      reason: 'page-cap',
      scope: 'incremental',
    });
  });

  it('with exactly as many pages as the cap allows is complete', async () => {
    const { end } = await fetchWith(
      (_, nth, origin) => pageOf([row(nth)], nth < 3 ? `${origin}${USER_WIDE}?cursor=${nth}` : null),
      {},
      3,
    );
    expect(end).toMatchObject({ complete: true });
  });

  it('does not carry the token to another host', async () => {
    const { ids, failed, calls } = await fetchWith((_, nth) =>
      pageOf([row(nth)], 'https://evil.test/2.0/users/me/transactions'),
    );
    expect(ids).toEqual(['1']);
    expect(calls.count).toBe(1);
    expect(failed).toMatchObject({ kind: 'bug', code: 'powens.foreign-link' });
  });

  it.each([400, 409])(
    'without a shared account is empty, and nothing may be concluded from that: %i',
    async (status) => {
      const { end, failed } = await fetchWith(() => ({ status, body: { code: 'noAccount' } }));
      expect(failed).toBeUndefined();
      expect(end).toEqual({ kind: 'end', complete: true, cursor: null, reason: null, scope: 'incremental' });
    },
  );

  it.each([{ body: {} }, { body: { transactions: null } }, { body: [] }])(
    'does not take %j for an empty page',
    async (answer) => {
      const { failed } = await fetchWith(() => answer);
      expect(failed).toMatchObject({ kind: 'bug', code: 'powens.unreadable-answer' });
    },
  );

  /** Two rows of five, and then this. */
  const endingWith = (answer: object) =>
    fetchWith((_, nth) => {
      const _links = { next: { href: `${USER_WIDE}?cursor=1` } };
      return { body: nth === 1 ? { transactions: [row(1), row(2)], total: 5, _links } : answer };
    });

  it.each([
    ['leaves its links out although there is more', { transactions: [row(3)], total: 5 }],
    ['leaves its links out, and is full', { transactions: Array.from({ length: 1000 }, (_, n) => row(n)) }],
    ['is empty, and contradicts the one before', { transactions: [], total: 0, _links: { next: null } }],
    ['is empty, and says nothing more of a total', { transactions: [], _links: { next: null } }],
    ['is empty, without links', { transactions: [] }],
  ])('does not take a page for the last one that %s', async (_, answer) => {
    const { end, failed } = await endingWith(answer);
    expect(failed).toBeUndefined();
    expect(end).toEqual({ kind: 'end', complete: false, cursor: null, reason: null, scope: 'incremental' });
  });

  it.each([
    ['has all that was announced, without links', { transactions: [row(3), row(4), row(5)], total: 5 }],
    [
      'has fewer than was announced, and says that it is the last',
      { transactions: [row(3)], total: 5, _links: { next: null } },
    ],
    ['is empty, and counts more than the pages had', { transactions: [], total: 5, _links: { next: null } }],
    ['has a link to nowhere', { transactions: [row(3)], _links: { next: { href: null } } }],
  ])('takes a page for the last one that %s', async (_, answer) => {
    const { end } = await endingWith(answer);
    expect(end).toMatchObject({ complete: true, scope: 'full' });
  });

  it.each([{ next: {} }, { next: [] }, { next: { href: {} } }, { next: true }])(
    'does not take a next page that it cannot read for none: %j',
    async (links) => {
      const { failed, end } = await endingWith({ transactions: [row(3)], _links: links });
      expect(failed).toMatchObject({ kind: 'bug', code: 'powens.unreadable-answer' });
      expect(end).toMatchObject({ kind: 'page' });
    },
  );

  it('of an account that is gone fails, so that nobody concludes that its rows were deleted', async () => {
    const { failed } = await fetchWith(() => ({ status: 404, body: { code: 'notFound' } }), {
      accounts: wanted('8801'),
    });
    expect(failed).toMatchObject({ kind: 'permanent', code: 'powens.not-found' });
  });

  it('counts every request, also when it throws', async () => {
    const { failed, calls } = await fetchWith((_, nth, origin) =>
      nth === 1 ? pageOf([row(1)], `${origin}${USER_WIDE}?cursor=1`) : { status: 503 },
    );
    expect(failed).toMatchObject({ kind: 'retry' });
    expect(calls.count).toBe(4);
  });

  it('reads links that are relative, bare or missing', async () => {
    const { ids } = await fetchWith((_, nth) => {
      if (nth === 1) return pageOf([row(1)], `${USER_WIDE}?cursor=1`);
      return nth === 2
        ? { body: { transactions: [row(2)], _links: { next: `${USER_WIDE}?cursor=2` } } }
        : { body: { transactions: [row(3)] } };
    });
    expect(ids).toEqual(['1', '2', '3']);
  });
});
