import { describe, expect, it } from 'vitest';
import { asList, asRecord } from '../json-fields.js';
import { fixture } from './fixtures.js';
import { translateAccount } from './translate-account.js';
import { healthOf, translateConnection } from './translate-connection.js';

const healthy = asRecord(fixture('connection.json')) ?? {};
const unhealthy = asList(asRecord(fixture('connections.json'))?.['connections']) ?? [];
const inState = (state: unknown) => healthOf({ ...healthy, state, error: state });

describe('a connection', () => {
  it('that synced is healthy', () => {
    expect(translateConnection(healthy, [])).toEqual({
      providerConnectionId: '3107',
      providerUserId: '4021',
      health: { kind: 'healthy' },
      refreshedAt: '2026-03-14T05:12:31.000Z',
      nextTryAt: '2026-03-15T05:07:00.000Z',
      automaticRefresh: true,
      consentExpiresAt: null,
      accounts: [],
    });
  });

  it('that waits for the person is broken, and a dialogue’s end is not the consent’s', () => {
    expect(unhealthy.map((raw) => translateConnection(raw, []))).toEqual([
      {
        providerConnectionId: '3109',
        providerUserId: '4021',
        health: { kind: 'broken', code: 'SCARequired', owner: 'user' },
        refreshedAt: '2025-09-18T03:58:11.000Z',
        nextTryAt: null,
        automaticRefresh: true,
        consentExpiresAt: '2026-03-16T13:02:33.000Z',
        accounts: [],
      },
      {
        providerConnectionId: '3110',
        providerUserId: '4021',
        health: { kind: 'broken', code: 'additionalInformationNeeded', owner: 'user' },
        refreshedAt: null,
        nextTryAt: null,
        automaticRefresh: true,
        consentExpiresAt: null,
        accounts: [],
      },
    ]);
  });

  it('that never synced is waiting, not healthy', () => {
    expect(healthOf({ ...healthy, last_update: null })).toEqual({ kind: 'waiting', code: 'never-synced' });
  });

  // Powens documents `null`; what does not say so, says nothing.
  it('that names no state at all is not taken for healthy, and one with its deprecated twin is read by that', () => {
    const { state: _, error: __, ...without } = healthy;
    expect(healthOf(without)).toEqual({ kind: 'waiting', code: 'state-missing' });
    expect(healthOf({ ...without, error: null })).toEqual({ kind: 'healthy' });
    expect(healthOf({ ...without, error: 'bug' })).toMatchObject({ kind: 'broken', code: 'bug' });
    expect(healthOf({ ...without, state: null })).toEqual({ kind: 'healthy' });
  });

  it.each<[unknown, boolean | null]>([
    [true, true],
    ['1', true],
    [false, false],
    ['0', false],
    ['false', false],
    [null, null],
    [undefined, null],
    ['perhaps', null],
  ])('whose `active` is %j is refreshed by itself: %j', (active, automaticRefresh) =>
    expect(translateConnection({ ...healthy, active }, [])).toMatchObject({ automaticRefresh }),
  );

  it.each([
    ['SCARequired', { kind: 'broken', code: 'SCARequired', owner: 'user' }],
    ['webauthRequired', { kind: 'broken', code: 'webauthRequired', owner: 'user' }],
    ['decoupled', { kind: 'waiting', code: 'decoupled', owner: 'user', patienceMs: 3_600_000 }],
    ['actionNeeded', { kind: 'broken', code: 'actionNeeded', owner: 'user' }],
    ['passwordExpired', { kind: 'broken', code: 'passwordExpired', owner: 'user' }],
    ['wrongpass', { kind: 'broken', code: 'wrongpass', owner: 'user' }],
    ['wrongPass', { kind: 'broken', code: 'wrongPass', owner: 'user' }],
    ['validating', { kind: 'waiting', code: 'validating', owner: 'provider', patienceMs: 3_600_000 }],
    ['rateLimiting', { kind: 'broken', code: 'rateLimiting', owner: 'time' }],
    ['websiteUnavailable', { kind: 'broken', code: 'websiteUnavailable', owner: 'time' }],
    ['bug', { kind: 'broken', code: 'bug', owner: 'provider' }],
    ['notSupported', { kind: 'broken', code: 'notSupported', owner: 'nobody' }],
    ['quantumRequired', { kind: 'broken', code: 'quantumRequired', owner: 'provider' }],
    ['constructor', { kind: 'broken', code: 'constructor', owner: 'provider' }],
    [{ odd: true }, { kind: 'broken', code: 'unreadable-state', owner: 'provider' }],
    ['go to https://bank.test/?t=1', { kind: 'broken', code: 'gotohttpsbank.testt1', owner: 'provider' }],
  ])('in the state %j', (state, health) => expect(inState(state)).toEqual(health));

  it('ends with the first of its sources, disabled ones aside', () => {
    const sources = [
      { access_expire: '2026-09-01 00:00:00', expire: null, disabled: null },
      { access_expire: null, expire: '2026-08-01 12:00:00', disabled: null },
      { access_expire: '2026-01-01 00:00:00', disabled: '2026-02-01 00:00:00' },
    ];
    expect(translateConnection({ ...healthy, sources }, [])?.consentExpiresAt).toBe(
      '2026-08-01T10:00:00.000Z',
    );
  });
});

describe('the recorded accounts', () => {
  const accounts = asList(asRecord(fixture('accounts.json'))?.['accounts']) ?? [];

  it('are shared, not shared or vanished; an unknown balance is not zero', () => {
    expect(accounts.map(translateAccount)).toEqual([
      {
        providerAccountId: '8801',
        iban: 'FR7699998000010000000452127',
        number: '00000004521',
        holder: null,
        name: 'Compte courant',
        type: 'checking',
        currency: 'EUR',
        balance: '18342.17',
        status: 'shared',
        refreshedAt: '2026-03-14T05:12:29.000Z',
        error: null,
      },
      {
        providerAccountId: '8802',
        iban: null,
        number: '4970XXXXXXXX1203',
        holder: null,
        name: 'Carte différée',
        type: 'card',
        currency: 'EUR',
        balance: '0.00',
        status: 'shared',
        refreshedAt: '2026-03-14T05:12:30.000Z',
        error: null,
      },
      {
        providerAccountId: '8803',
        iban: null,
        number: null,
        holder: null,
        name: 'Livret',
        type: 'savings',
        currency: null,
        balance: null,
        status: 'not-shared',
        refreshedAt: null,
        error: null,
      },
      {
        providerAccountId: '8790',
        iban: 'FR7699998000010000000773391',
        number: '00000007733',
        holder: null,
        name: 'Ancien compte',
        type: 'checking',
        currency: 'EUR',
        balance: '12.40',
        status: 'vanished',
        refreshedAt: '2026-02-01T05:11:12.000Z',
        error: null,
      },
    ]);
  });

  it.each<[unknown, unknown, string]>([
    [null, null, 'shared'],
    [false, '0', 'shared'],
    ['false', 'false', 'shared'],
    ['', undefined, 'shared'],
    [true, null, 'not-shared'],
    ['1', null, 'not-shared'],
    ['2026-01-12 09:45:03', null, 'not-shared'],
    ['2026-01-12 09:45:03', '2026-02-02 06:10:45', 'vanished'],
    [false, true, 'vanished'],
  ])('disabled %j and deleted %j are %s', (disabled, deleted, status) => {
    expect(translateAccount({ id: '7', disabled, deleted })).toMatchObject({ status });
  });

  it.each<[unknown, unknown, object]>([
    [undefined, undefined, { refreshedAt: null, error: null }],
    [null, null, { refreshedAt: null, error: null }],
    ['soon', '', { refreshedAt: null, error: null }],
    [
      '2026-03-14 06:12:29',
      'actionNeeded',
      { refreshedAt: '2026-03-14T05:12:29.000Z', error: 'actionNeeded' },
    ],
    [null, 'Compte de M. Martin bloqué', { error: 'unnamed' }],
    [null, true, { error: 'unnamed' }],
  ])('last update %j and error %j of their own', (last_update, error, told) =>
    expect(translateAccount({ id: '7', last_update, error })).toMatchObject(told),
  );

  it('accept older spellings: a bare currency, a type as an object, an IBAN in groups', () => {
    expect(
      translateAccount({ id: '7', currency: 'eur', type: { name: 'checking' }, iban: 'fr76 9999 8000' }),
    ).toMatchObject({ currency: 'EUR', type: 'checking', iban: 'FR7699998000', name: '7' });
  });
});
