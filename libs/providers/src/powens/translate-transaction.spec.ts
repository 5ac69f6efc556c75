import { describe, expect, it } from 'vitest';
import { asList, asRecord } from '../json-fields.js';
import { parseLossless } from '../lossless-json.js';
import { fixture } from './fixtures.js';
import { translateTransaction } from './translate-transaction.js';

const inEuro = () => 'EUR';
const page = asList(asRecord(fixture('transactions-page.json'))?.['transactions']) ?? [];
const good = asRecord(page[0]) ?? {};
const translated = (changes: Record<string, unknown>) =>
  translateTransaction({ ...good, ...changes }, inEuro);
const amountOf = (json: string) => {
  const item = translated({ value: parseLossless(json) });
  return item.kind === 'row' ? item.content.amount : item;
};

const keyOf = (raw: unknown) => {
  const item = translateTransaction(raw, inEuro);
  return item.kind === 'unreadable' ? item.rowKey : undefined;
};

describe('the recorded page', () => {
  it('is translated row by row: card payment, transfer with its counterparty, pending deferred card, deleted debit', () => {
    expect(page.map((row) => translateTransaction(row, inEuro))).toEqual([
      {
        kind: 'row',
        providerAccountId: '8801',
        providerTransactionId: '700211',
        day: '2026-03-13',
        providerUpdatedAt: '2026-03-14T05:12:27.000Z',
        content: {
          status: 'booked',
          bookedOn: '2026-03-13',
          valueOn: '2026-03-13',
          transactedOn: '2026-03-12',
          amount: '-248.90',
          currency: 'EUR',
          label: 'PAPETERIE DUVAL',
          originalLabel: 'CARTE 12/03 PAPETERIE DUVAL',
          type: 'card',
          counterparty: null,
        },
      },
      {
        kind: 'row',
        providerAccountId: '8801',
        providerTransactionId: '700198',
        day: '2026-03-11',
        providerUpdatedAt: '2026-03-12T05:10:55.000Z',
        content: {
          status: 'booked',
          bookedOn: '2026-03-11',
          valueOn: '2026-03-11',
          transactedOn: '2026-03-11',
          amount: '4800.00',
          currency: 'EUR',
          label: 'ATELIER NORD',
          originalLabel: 'VIR SEPA RECU ATELIER NORD FACTURE 2026-014',
          type: 'transfer',
          counterparty: {
            name: 'ATELIER NORD',
            account: 'FR7699998000010000000773391',
            accountScheme: 'iban',
          },
        },
      },
      {
        kind: 'row',
        providerAccountId: '8802',
        providerTransactionId: '700176',
        day: '2026-03-31',
        providerUpdatedAt: '2026-03-11T05:09:40.000Z',
        content: {
          status: 'pending',
          bookedOn: '2026-03-31',
          valueOn: null,
          transactedOn: '2026-03-10',
          amount: '-96.50',
          currency: 'EUR',
          label: 'CLOUDHOST INC',
          originalLabel: 'CLOUDHOST INC 104.00 USD',
          type: 'deferred-card',
          counterparty: null,
        },
      },
      {
        kind: 'deleted',
        providerAccountId: '8801',
        providerTransactionId: '700145',
        day: '2026-03-09',
        providerUpdatedAt: '2026-03-13T05:10:02.000Z',
      },
    ]);
  });
});

describe('an amount', () => {
  it.each([
    ['-248.9', '-248.90'],
    ['0.1', '0.10'],
    ['1e3', '1000.00'],
    ['1.5E-1', '0.15'],
    ['-0', '0.00'],
    ['-0.0', '0.00'],
    ['12.345', '12.345'],
    ['90071992547409931.07', '90071992547409931.07'],
    ['0.1000000000000000055511151231257827', '0.1000000000000000055511151231257827'],
    ['"1234.56"', '1234.56'],
    ['"-7"', '-7.00'],
  ])('keeps every digit that was sent: %s', (json, amount) => expect(amountOf(json)).toBe(amount));

  it.each(['null', '"NaN"', '"1 234,56"', '"Infinity"', '""', 'true', '{}', '1e300'])(
    'is never guessed: %s makes the row unreadable',
    (json) => {
      expect(amountOf(json)).toEqual({
        kind: 'unreadable',
        providerAccountId: '8801',
        day: '2026-03-13',
        rowKey: '700211',
        reason: 'bad-amount',
        field: 'value',
      });
    },
  );

  it('has the digits of its currency', () => {
    const item = translateTransaction({ ...good, value: '-1500' }, () => 'JPY');
    expect(item).toMatchObject({ content: { amount: '-1500', currency: 'JPY' } });
  });
});

describe('a row that cannot be read', () => {
  it.each([
    ['no id', { id: null }, 'missing-id', 'id'],
    ['no account', { id_account: undefined }, 'missing-account', 'id_account'],
    ['a day that does not exist', { date: '2026-02-30' }, 'bad-date', 'date'],
    ['an impossible value date', { vdate: '2026-13-01' }, 'bad-date', 'vdate'],
    ['an impossible order date', { rdate: 'yesterday' }, 'bad-date', 'rdate'],
    ['no day at all', { date: null, vdate: null, rdate: null }, 'bad-date', 'date'],
    [
      'no day at all, deleted',
      { deleted: '2026-03-13 06:10:02', date: null, vdate: null, rdate: null, application_date: null },
      'bad-date',
      'date',
    ],
  ])('says why: %s', (_, changes, reason, field) => {
    expect(translated(changes)).toMatchObject({ kind: 'unreadable', reason, field });
  });

  it.each([null, 'EURO', 'XXX'])('says that its account has no known currency: %j', (currency) => {
    expect(translateTransaction(good, () => currency)).toMatchObject({
      kind: 'unreadable',
      reason: 'unknown-currency',
      field: 'currency',
    });
  });

  it.each([null, 'text', [], {}])('is counted even when it is no object: %j', (raw) => {
    expect(translateTransaction(raw, inEuro)).toMatchObject({ kind: 'unreadable', reason: 'missing-id' });
  });

  it.each([
    ['its booked day', { value: null }, '2026-03-13'],
    ['its value day', { value: null, date: '', vdate: '2026-03-15' }, '2026-03-15'],
    ['its transacted day', { value: null, date: null, vdate: null }, '2026-03-12'],
    ['its day though another date is bad', { vdate: '2026-13-01' }, '2026-03-13'],
    ['its day though its account is missing', { id_account: null }, '2026-03-13'],
    ['no day when that one is bad', { date: '2026-02-30' }, null],
    ['no day when it has none', { date: null, vdate: null, rdate: null }, null],
    ['no day when it has no id: it may be any row, re-dated', { id: null }, null],
  ])('says %s, which spares the other days', (_, changes, day) => {
    expect(translated(changes)).toMatchObject({ kind: 'unreadable', day });
  });

  it('without an id is known again by its content, whatever the order of its fields', () => {
    expect(keyOf({ value: '1', wording: 'a' })).toBe(keyOf({ wording: 'a', value: '1' }));
    expect(keyOf({ value: '1', wording: 'a' })).not.toBe(keyOf({ value: '2', wording: 'a' }));
  });
});

describe('the fields of a row', () => {
  it('keep ids beyond 2^53 whole', () => {
    const raw = asRecord(parseLossless('{"id":18446744073709551615,"id_account":9007199254740993}'));
    expect(translated({ ...raw })).toMatchObject({
      providerTransactionId: '18446744073709551615',
      providerAccountId: '9007199254740993',
    });
  });

  it('file the row under its booked, else its value, else its transacted day', () => {
    expect(translated({ date: null, vdate: '2026-03-15' })).toMatchObject({ day: '2026-03-15' });
    expect(translated({ date: null, vdate: null })).toMatchObject({ day: '2026-03-12' });
  });

  it.each([
    ['loan_repayment', 'loan-repayment'],
    ['loan_payment', 'loan-repayment'],
    ['summary_card', 'card-summary'],
    ['card_summary', 'card-summary'],
    ['order', 'direct-debit'],
    ['payback', 'refund'],
    ['bank', 'fee'],
    ['future_type', 'unknown'],
    ['constructor', 'unknown'],
    [null, 'unknown'],
  ])('name the type in our words: %s', (raw, type) => {
    expect(translated({ type: raw })).toMatchObject({ content: { type } });
  });

  it('need neither amount nor currency when the bank took the row back', () => {
    const item = translateTransaction({ ...good, deleted: '2026-03-13 06:10:02', value: null }, () => null);
    expect(item).toMatchObject({ kind: 'deleted', providerTransactionId: '700211' });
  });

  it.each([null, undefined, false, ''])('do not call a row deleted for %j', (deleted) => {
    expect(translated({ deleted })).toMatchObject({ kind: 'row' });
  });

  it('make empty texts absent', () => {
    expect(
      translated({ simplified_wording: '', wording: ' ', original_wording: '', counterparty: { label: '' } }),
    ).toMatchObject({ content: { label: null, originalLabel: null, counterparty: null } });
  });
});
