import { describe, expect, it } from 'vitest';
import { given } from '#testing';
import { connection } from './connection.js';
import type { ConnectionEvent } from './connection.events.js';
import { context, IBAN, linkedAt, openedAt } from './fixtures.js';
import { isFarBehind, PROVIDER_SILENT, silentSince } from './silence.js';

const NOW = '2026-06-20T02:00:00.000Z';
const LAST = '2026-06-06T02:00:00.000Z';
const history: readonly ConnectionEvent[] = [
  openedAt(LAST),
  linkedAt(LAST),
  {
    type: 'AccountTracked',
    data: {
      ...context,
      providerAccountId: 'a1',
      ledgerId: 'l1',
      iban: IBAN,
      name: 'Compte',
      accountType: 'checking',
      currency: 'EUR',
      sharing: 'shared',
      accountId: 'acc1',
      trackedAt: LAST,
    },
  },
];
const required = (code: string, owner: 'user' | 'provider'): ConnectionEvent => ({
  type: 'UserActionRequired',
  data: { ...context, code, owner, observedAt: NOW },
});
const noticed: ConnectionEvent = {
  type: 'SilenceNoticed',
  data: { ...context, refreshedAt: LAST, noticedAt: NOW },
};
const silent = [...history, noticed, required(PROVIDER_SILENT, 'provider')];
const notice = { type: 'NoticeSilence', refreshedAt: LAST, now: NOW } as const;
const observe = (refreshedAt: string | null, isHealthy = true) =>
  ({
    type: 'ObserveProvider',
    problem: null,
    isHealthy,
    consentExpiresAt: null,
    refreshedAt,
    accounts: [
      {
        providerAccountId: 'a1',
        ledgerId: 'l1',
        iban: IBAN,
        name: 'Compte',
        accountType: 'checking',
        currency: 'EUR',
        sharing: 'shared',
      },
    ],
    now: NOW,
  }) as const;

const day = (index: number): string => new Date(Date.UTC(2026, 5, index)).toISOString();

describe('the rhythm of a connection', () => {
  it.each<[string, readonly string[], string, string | null]>([
    ['daily, looked at on the fourth day', [day(1), day(2), day(3)], '2026-06-06T00:00:00.001Z', day(3)],
    ['daily, within three days', [day(1), day(2), day(3)], day(6), null],
    ['weekly, within two weeks', [day(1), day(8), day(15)], day(29), null],
    ['weekly, after two weeks', [day(1), day(8), day(15)], day(30), day(15)],
    ['unknown, after three days', [day(1)], day(5), day(1)],
    ['in any order', [day(3), day(1), day(2)], day(7), day(3)],
    ['never refreshed', [], day(30), null],
  ])('%s', (_, refreshes, lookedAt, since) => expect(silentSince(refreshes, lookedAt)).toBe(since));
});

describe('one account of a connection', () => {
  it.each<[string, readonly string[], string, boolean]>([
    ['daily, three days behind', [day(17), day(18), day(19)], day(17), false],
    ['daily, more than that', [day(17), day(18), day(19)], '2026-06-16T23:59:59.000Z', true],
    ['weekly, left out twice', [day(6), day(13), day(20)], day(6), false],
    ['weekly, left out thrice', [day(6), day(13), day(20)], '2026-06-05T23:59:59.000Z', true],
    ['of a connection that was never read before', [], day(16), true],
    ['newer than its connection', [day(19)], day(21), false],
  ])('is far behind by the rhythm of the connection: %s', (_, refreshes, refreshedAt, is) =>
    expect(isFarBehind(refreshedAt, day(20), refreshes)).toBe(is),
  );
});

describe('a provider that falls silent', () => {
  it('is a problem of the provider’s, told once', () => {
    given(connection, ...history)
      .when(notice)
      .thenEvents(noticed, required(PROVIDER_SILENT, 'provider'));
    given(connection, ...silent)
      .when(notice)
      .thenNothing();
  });

  it('is none where another problem explains it', () => {
    given(connection, ...history, required('SCARequired', 'user'))
      .when(notice)
      .thenNothing();
  });

  it('is over with something newer from the bank, and not with the same again', () => {
    given(connection, ...silent)
      .when(observe(LAST))
      .thenNothing();
    given(connection, ...silent)
      .when(observe(null))
      .thenNothing();
    given(connection, ...silent)
      .when(observe('2026-06-20T01:00:00.000Z'))
      .thenEvents({ type: 'ConnectionRecovered', data: { ...context, recoveredAt: NOW } });
  });
});
