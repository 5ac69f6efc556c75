import { countsInTotals } from '#domain';
import { startSandboxBank } from '#engines';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { idsOf } from '../provider-suite.js';
import { EdgeCases, rowsOf } from './edge-case.js';

let cases: EdgeCases;
beforeAll(async () => {
  cases = await EdgeCases.open(startSandboxBank);
});
afterEach(() => cases.reset());
afterAll(() => cases?.close());

const contents = (items: Parameters<typeof rowsOf>[0]) =>
  Object.fromEntries(rowsOf(items).map(({ content }) => [content.originalLabel, content]));

describe('rows of a bank', () => {
  it('case 21: a changed transaction comes again under its id, with what is true now', async () => {
    const person = await cases.person();
    const before = await cases.fetch(person);
    const rowId = await cases.rowId(person.iban, 'TWO');
    await cases.world.control('PATCH', `/accounts/${person.iban}/transactions/${rowId}`, {
      value: '-2.50',
      date: '2026-03-13',
    });
    const { items, end } = await cases.fetch(person, before.end.cursor);
    const [old] = rowsOf(before.items).filter(({ content }) => content.originalLabel === 'TWO');
    const now = rowsOf(items).find(({ providerTransactionId: id }) => id === old?.providerTransactionId);
    expect(now).toMatchObject({ day: '2026-03-13', content: { amount: '-2.50', originalLabel: 'TWO' } });
    expect(end).toMatchObject({ complete: true, scope: 'incremental' });
  });

  it('case 22: a deleted transaction is told as deleted, for the pull asks for deleted ones too', async () => {
    const person = await cases.person();
    const before = await cases.fetch(person);
    const rowId = await cases.rowId(person.iban, 'ONE');
    await cases.world.control('DELETE', `/accounts/${person.iban}/transactions/${rowId}`);
    const { items } = await cases.fetch(person, before.end.cursor);
    const [gone] = rowsOf(before.items).filter(({ content }) => content.originalLabel === 'ONE');
    expect(items.filter((item) => item.kind === 'deleted')).toMatchObject([
      { providerTransactionId: gone?.providerTransactionId, day: '2026-03-10' },
    ]);
  });

  it.each(['same-id', 'new-id'])(
    'case 23: an announced row is pending until it is booked, under the %s',
    async (variant) => {
      const person = await cases.person();
      await cases.post(person.iban, [
        { date: '2026-03-16', value: '-7.50', originalWording: 'HOTEL', coming: true },
      ]);
      const pending = await cases.fetch(person);
      const announced = contents(pending.items)['HOTEL'];
      expect(announced).toMatchObject({ status: 'pending', amount: '-7.50' });
      expect(announced && countsInTotals(announced, false)).toBe(false);
      await cases.world.control('POST', `/accounts/${person.iban}/post-coming`, { variant });
      const after = await cases.fetch(person, pending.end.cursor);
      expect(contents(after.items)['HOTEL']).toMatchObject({ status: 'booked', amount: '-7.50' });
      const [oldId] = rowsOf(pending.items).flatMap(({ content, providerTransactionId }) =>
        content.originalLabel === 'HOTEL' ? [providerTransactionId] : [],
      );
      const fate = after.items.filter((item) => idsOf([item])[0] === oldId).map(({ kind }) => kind);
      expect(fate).toEqual([variant === 'same-id' ? 'row' : 'deleted']);
    },
  );

  it('case 24: a deferred card’s purchase and the month’s sum are told apart, so that nobody adds both', async () => {
    const person = await cases.person();
    await cases.post(person.iban, [
      { date: '2026-03-05', value: '-40.00', originalWording: 'ACHAT', type: 'deferred_card' },
      { date: '2026-03-13', value: '-40.00', originalWording: 'RELEVE', type: 'summary_card' },
    ]);
    const { ACHAT, RELEVE } = contents((await cases.fetch(person)).items);
    expect([ACHAT?.type, RELEVE?.type]).toEqual(['deferred-card', 'card-summary']);
    expect([ACHAT, RELEVE].map((row) => row && countsInTotals(row, false))).toEqual([false, true]);
  });

  it('case 25: two equal purchases of one day are two rows', async () => {
    const person = await cases.person();
    const coffee = { date: '2026-03-13', value: '-1.80', originalWording: 'CAFE' };
    await cases.post(person.iban, [coffee, coffee]);
    const { items } = await cases.fetch(person);
    const both = rowsOf(items).filter(({ content }) => content.originalLabel === 'CAFE');
    expect(both).toHaveLength(2);
    expect(both[0]?.content).toEqual(both[1]?.content);
    expect(new Set(idsOf(both)).size).toBe(2);
  });

  it('case 26: an amount that is missing is never a zero, and what else is missing is just absent', async () => {
    const person = await cases.person();
    const omit = [
      'vdate',
      'rdate',
      'counterparty',
      'simplified_wording',
      'wording',
      'card',
      'type',
      'active',
    ];
    await cases.world.control('POST', `/accounts/${person.iban}/bad-rows`, {
      kinds: ['null-value'],
      overrides: [{ set: { original_wording: 'BARE', value: -5 }, omit }],
    });
    const { items, end } = await cases.fetch(person);
    expect(end.complete).toBe(true);
    expect(items.filter((item) => item.kind === 'unreadable')).toMatchObject([
      { reason: 'bad-amount', field: 'value' },
    ]);
    expect(contents(items)['BARE']).toMatchObject({
      amount: '-5.00', valueOn: null, transactedOn: null, label: null, counterparty: null, type: 'unknown',
    }); // prettier-ignore
    expect(Object.keys(contents(items)).toSorted()).toEqual(['BARE', 'ONE', 'THREE', 'TWO']);
  });

  it('case 27: a purchase in dollars has the amount and the currency of the account', async () => {
    const person = await cases.person();
    await cases.post(person.iban, [
      {
        date: '2026-03-13',
        value: '-200.00',
        originalWording: 'HOTEL 217.00 USD',
        original: { value: -217, currency: 'USD' },
      },
    ]);
    const { items } = await cases.fetch(person);
    expect(contents(items)['HOTEL 217.00 USD']).toMatchObject({ amount: '-200.00', currency: 'EUR' });
  });

  it('case 28: a date that the person has edited moves no row out of the window', async () => {
    const person = await cases.person();
    const before = await cases.fetch(person);
    const id = idsOf(rowsOf(before.items).filter(({ content }) => content.originalLabel === 'TWO'))[0];
    const edited = await fetch(`${cases.url}/2.0/users/me/transactions/${id}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${person.access.accessToken}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ application_date: '1999-01-01' }),
    });
    expect(edited.status).toBe(200);
    const { items } = await cases.fetch(person);
    expect(idsOf(items).toSorted()).toEqual(idsOf(before.items).toSorted());
    const [call] = await cases.calls('/transactions');
    expect(call?.query).toContain('filter=date');
  });

  it('case 32: amounts keep every digit, as numbers and as texts', async () => {
    const person = await cases.person();
    const values = ['0.10', '-1234567890123.45', '99999999999999.99'];
    await cases.post(
      person.iban,
      values.map((value, nth) => ({ date: '2026-03-13', value, originalWording: `N${nth}` })),
    );
    for (const amountsAsText of [false, true]) {
      await cases.world.control('PATCH', '/settings', { amountsAsText });
      const told = contents((await cases.fetch(person)).items);
      expect(values.map((_, nth) => told[`N${nth}`]?.amount)).toEqual(values);
    }
  });
});
