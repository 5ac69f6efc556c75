import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Situation } from '../driving/situation.js';
const situation = new Situation();
const { me, send, rows, wordings, rowIds, accounts } = situation;
beforeAll(() => situation.start());
afterAll(() => situation.dispose());
beforeEach(situation.renew);

const recreate = (how: object) =>
  send<{ accounts: { was: number; is: number }[] }>(
    'POST',
    `connections/${situation.connectionId}/recreate-accounts`,
    how,
  );

describe('rows', () => {
  it('go with a tombstone or without any trace, and come back', async () => {
    const [one, two] = await rowIds();
    await send('DELETE', `accounts/${situation.iban}/transactions/${one}?tombstone=false`);
    await send('DELETE', `accounts/${situation.iban}/transactions/${two}`);
    expect((await rows()).map((row) => [row.original_wording, row.deleted !== null])).toEqual([
      ['THREE', false],
      ['TWO', true],
    ]);
    for (const id of [one, two]) await send('POST', `accounts/${situation.iban}/transactions/${id}/restore`);
    expect(await wordings('')).toEqual(['THREE', 'TWO', 'ONE']);
  });

  it('are re-dated under the same id or a new one, and the balance follows', async () => {
    const balance = async (): Promise<unknown> =>
      (await send('GET', `accounts/${situation.iban}/transactions`)).body.balance;
    const [one, two] = await rowIds();
    const before = await rows();
    await send('PATCH', `accounts/${situation.iban}/transactions/${one}`, { date: '2026-03-13' });
    await send('PATCH', `accounts/${situation.iban}/transactions/${two}`, {
      value: -20,
      id: 'new',
      tombstone: false,
    });
    const after = await rows();
    expect(after.map((row) => [row.original_wording, row.date, row.value])).toEqual([
      ['ONE', '2026-03-13', -1],
      ['THREE', '2026-03-12', -3],
      ['TWO', '2026-03-11', -20],
    ]);
    expect(after[0]?.id).toBe(before[2]?.id);
    expect(before.map((row) => row.id)).not.toContain(after[2]?.id);
    expect(await balance()).toBe('18318.17');
  });

  it('are booked one by one, with corrections', async () => {
    const { body } = await send<{ rowIds: number[] }>('POST', `accounts/${situation.iban}/transactions`, {
      rows: [
        { date: '2026-03-20', value: -5, coming: true, originalWording: 'STAYS' },
        { date: '2026-03-20', value: -6, coming: true, originalWording: 'BOOKED' },
      ],
    });
    await send('POST', `accounts/${situation.iban}/post-coming`, {
      variant: 'new-id',
      tombstone: false,
      rowIds: [body.rowIds[1]],
      changes: { value: -6.6 },
    });
    const found = await rows();
    expect(found.slice(0, 2).map((row) => [row.original_wording, row.value, row.date, row.coming])).toEqual([
      ['STAYS', -5, '2026-03-20', true],
      ['BOOKED', -6.6, '2026-03-14', false],
    ]);
  });

  it('get other ids on demand, some or all', async () => {
    const before = (await rows()).map((row) => row.id);
    const [, two] = await rowIds();
    await send('POST', `connections/${situation.connectionId}/reissue-transactions`, {
      rowIds: [two],
      tombstone: false,
    });
    const after = (await rows()).map((row) => row.id);
    expect(after.map((id) => before.includes(id))).toEqual([true, false, true]);
    await send('POST', `connections/${situation.connectionId}/reissue-transactions`);
    expect((await rows()).filter((row) => row.deleted === null).some(({ id }) => after.includes(id))).toBe(
      false,
    );
    const gone = (await rows()).filter((row) => row.deleted !== null).map((row) => row.id);
    expect(gone.toSorted((a, b) => a - b)).toEqual(after.toSorted((a, b) => a - b));
    // The bank goes on, and only the living copy hears of it.
    await send('PATCH', `accounts/${situation.iban}/transactions/${two}`, { value: -22 });
    expect((await rows()).filter((row) => row.value === -22).map((row) => row.deleted)).toEqual([null]);
  });

  it('may be spoilt in any way', async () => {
    await send('POST', `accounts/${situation.iban}/bad-rows`, {
      overrides: [
        { set: { type: { name: 'card' }, last_update: '2026-03-29 02:30:00' }, omit: ['counterparty'] },
      ],
    });
    expect((await rows())[0]).toMatchObject({ type: { name: 'card' }, last_update: '2026-03-29 02:30:00' });
    expect((await rows())[0]).not.toHaveProperty('counterparty');
  });
});

describe('accounts', () => {
  it.each([
    ['deleted', [true, false]],
    ['absent', [false]],
    ['stays', [false, false]],
  ])('come back under other ids while the old one is %s', async (old, deleted) => {
    const { body } = await recreate({ enabled: true, old });
    const [pair] = body.accounts;
    const found = (await accounts()).filter(({ id }) => id === pair?.was || id === pair?.is);
    expect(found.map((account) => account.deleted !== null)).toEqual(deleted);
    expect((await rows('')).filter((row) => row.id_account === pair?.is)).toHaveLength(3);
  });

  it('come back disabled, or without their IBAN', async () => {
    const { body } = await recreate({ enabled: false, withoutIban: true });
    const account = (await accounts()).find(({ id }) => id === body.accounts[0]?.is);
    expect(account).toMatchObject({ iban: null, disabled: '2026-03-14 12:00:00' });
    expect((await me<{ code: string }>('transactions?limit=10')).status).toBe(200);
  });

  it('are disabled behind everybody’s back, or forgotten without a word', async () => {
    const [account] = await accounts('');
    const path = `connections/${situation.connectionId}/accounts/${account?.id}`;
    await send('PATCH', path, { disabled: true });
    expect((await me<{ code: string }>('transactions?limit=10')).body.code).toBe('noAccount');
    await send('PATCH', path, { disabled: false });
    expect(await wordings()).toHaveLength(3);
    await send('DELETE', path);
    expect((await accounts()).map(({ id }) => id)).not.toContain(account?.id);
  });

  it('answer in odd shapes', async () => {
    await send('PATCH', `accounts/${situation.iban}`, {
      override: { set: { currency: 'EUR', balance: null }, omit: ['loan'] },
    });
    const [account] = await accounts('');
    expect(account).toMatchObject({ currency: 'EUR', balance: null });
    expect(account).not.toHaveProperty('loan');
    await send('PATCH', `accounts/${situation.iban}`, { override: null });
    expect((await accounts(''))[0]).toMatchObject({ currency: { id: 'EUR' } });
  });
});
