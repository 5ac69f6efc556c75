import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Situation, type SeenAccount, type SeenPage } from '../driving/situation.js';
const situation = new Situation();
const { me, send, page, rows, wordings, accounts, advance, fault } = situation;
beforeAll(() => situation.start());
afterAll(() => situation.dispose());
beforeEach(situation.renew);

describe('pages', () => {
  it('change while somebody reads them', async () => {
    await fault('redate-while-paging');
    const first = (await page()).body;
    const second = (await page(first._links?.next?.href)).body;
    // TWO went to the day that was served before it was its turn.
    expect([first, second].map(({ transactions }) => transactions[0]?.original_wording)).toEqual([
      'THREE',
      'ONE',
    ]);
    expect(await wordings()).toEqual(['TWO', 'THREE', 'ONE']);
    await fault('insert-while-paging');
    await page();
    expect(await rows()).toHaveLength(5);
    await fault('change-while-paging');
    await page();
    expect((await wordings()).filter((wording) => wording.startsWith('RECTIF'))).toHaveLength(2);
    await fault('delete-while-paging');
    await page();
    expect((await rows()).filter((row) => row.deleted !== null)).toHaveLength(2);
  });

  it('lead in circles, for ever, elsewhere, or nowhere', async () => {
    const second = (await page()).body._links?.next?.href ?? '';
    await fault('looping-next');
    expect((await page(second)).body._links?.next?.href).toBe(
      `${situation.sandbox.driver.url}/2.0/users/me/transactions?limit=1&all=`,
    );
    await fault('other-port-next');
    expect((await page()).body._links?.next?.href).toMatch(/^http:\/\/127\.0\.0\.1:9\/2\.0/);
    await fault('relative-next');
    expect((await page()).body._links?.next?.href).toMatch(/^\/2\.0\/users/);
    await fault('no-links');
    expect((await page()).body._links).toBeUndefined();
    await fault('endless-next', { times: 3 });
    const seen: string[] = [];
    let href: string | undefined = '/2.0/users/me/transactions?limit=1000&all';
    while (href !== undefined) {
      const { body }: { body: SeenPage } = await page(href);
      href = body._links?.next?.href;
      if (href !== undefined) seen.push(href);
    }
    expect([seen.length, new Set(seen).size]).toEqual([3, 3]);
  });

  it('come broken, cut, empty, as something else, or twice', async () => {
    const list = '/2.0/users/me/transactions?limit=10&all';
    await fault('truncated-json');
    expect(await page(list)).toMatchObject({
      status: 200,
      body: null,
      text: expect.stringMatching(/^\{"transactions":/),
    });
    await fault('broken-transfer');
    await expect(page(list)).rejects.toThrow(/terminated|fetch failed/);
    await fault('lose-answer', { method: 'GET' });
    await expect(page(list)).rejects.toThrow('fetch failed');
    await fault('empty-body');
    expect(await page(list)).toMatchObject({ status: 200, text: '' });
    await fault('html-200');
    expect((await page(list)).text).toMatch(/^<!DOCTYPE html>/);
    await fault('empty-list');
    expect((await page(list)).body).toMatchObject({ transactions: [], _links: { next: null } });
    await fault('missing-list');
    expect((await page(list)).body.transactions).toBeUndefined();
    await fault('repeated-rows');
    expect((await page(list)).body.transactions).toHaveLength(6);
    await fault('reversed-rows');
    expect((await page(list)).body.transactions.map((row) => row.original_wording)).toEqual([
      'ONE',
      'TWO',
      'THREE',
    ]);
    await fault('empty-list', { path: '/accounts' });
    expect((await me<{ accounts: SeenAccount[] }>('accounts?all')).body.accounts).toEqual([]);
  });

  it('answer with any error, after some that are well, or for some hours', async () => {
    await fault('error', { status: 403, code: 'forbidden', skip: 1 });
    expect([(await page()).status, (await page()).status, (await page()).status]).toEqual([200, 403, 200]);
    await fault('rate-limited', { retryAfter: null });
    const limited = await page();
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, null]);
    await fault('html-503', { forHours: 2 });
    expect([(await page()).status, (await page()).status]).toEqual([503, 503]);
    await advance({ hours: 2 });
    expect((await page()).status).toBe(200);
  });

  it('loses the answer to a call that was carried out', async () => {
    const users = async (): Promise<number> =>
      (await send<{ users: unknown[] }>('GET', 'users')).body.users.length;
    const before = await users();
    await send('POST', 'faults', { kind: 'lose-answer', path: '/auth/init' });
    await expect(situation.sandbox.driver.newUser()).rejects.toThrow('fetch failed');
    expect(await users()).toBe(before + 1);
  });

  it('write times and amounts as they were met in the field', async () => {
    const styled = async (timestampStyle: string): Promise<string | undefined> => {
      await send('PATCH', 'settings', { timestampStyle });
      return (await rows())[0]?.last_update;
    };
    expect([await styled('utc'), await styled('zulu'), await styled('offset')]).toEqual([
      '2026-03-14 11:00:00',
      '2026-03-14T11:00:00Z',
      '2026-03-14T12:00:00+01:00',
    ]);
    await send('PATCH', 'settings', { amountsAsText: true });
    expect((await rows())[0]?.value).toBe('-3');
    expect((await accounts(''))[0]).toMatchObject({ balance: '18336.17' });
  });
});
