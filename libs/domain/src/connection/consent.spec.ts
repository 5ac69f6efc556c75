import { describe, expect, it } from 'vitest';
import { given } from '#testing';
import { connection } from './connection.js';
import type { ConnectionEvent } from './connection.events.js';
import { context, linkedAt, openedAt } from './fixtures.js';

const NOW = '2026-06-02T02:00:00.000Z';
const EXPIRES = '2026-08-01T10:00:00.000Z';
const opened = openedAt(NOW);
const linked = linkedAt(NOW);
const until = (expiresAt: string): ConnectionEvent => ({
  type: 'ConsentObserved',
  data: { ...context, expiresAt, observedAt: NOW },
});
const warned = (withinDays: number, daysLeft: number, warnedAt: string): ConnectionEvent => ({
  type: 'ConsentExpiring',
  data: { ...context, expiresAt: EXPIRES, withinDays, daysLeft, warnedAt },
});
const look = (now: string) => ({ type: 'WarnOfConsent', now }) as const;
const seen = (consentExpiresAt: string, now: string) =>
  ({
    type: 'ObserveProvider',
    problem: null,
    isHealthy: true,
    consentExpiresAt,
    accounts: [],
    now,
  }) as const;
const about = (events: readonly ConnectionEvent[]) =>
  events.filter(({ type }) => type.startsWith('Consent')).map(({ type }) => type);
const history = [opened, linked, until(EXPIRES)];

describe('a consent that ends', () => {
  it.each<[string, string, number, number]>([
    ['30 days before, at the very instant', '2026-07-02T10:00:00.000Z', 30, 30],
    ['14 days before', '2026-07-18T10:00:00.000Z', 14, 14],
    ['7 days before', '2026-07-25T10:00:00.001Z', 7, 7],
    ['on the last day', '2026-07-31T20:00:00.000Z', 1, 1],
    ['on the very day', '2026-08-01T00:00:00.000Z', 1, 0],
    ['later than it should have been, after a time without looking', '2026-07-20T09:00:00.000Z', 14, 12],
    ['13 days before by the calendar, 13 days and an hour by the clock', '2026-07-19T09:00:00.000Z', 14, 13],
  ])('is warned about %s', (_, now, withinDays, daysLeft) => {
    given(connection, ...history)
      .when(look(now))
      .thenEvents(warned(withinDays, daysLeft, now));
  });

  it.each(['2026-07-02T09:59:59.999Z', EXPIRES, '2026-09-01T00:00:00.000Z'])(
    'is not warned about at %s',
    (now) =>
      given(connection, ...history)
        .when(look(now))
        .thenNothing(),
  );

  it('is warned about once for each threshold, however often one looks', () => {
    const days = Array.from({ length: 70 }, (_, day) =>
      new Date(Date.parse('2026-06-01T12:00:00.000Z') + day * 43_200_000 * 2).toISOString(),
    );
    let state = history.reduce(connection.evolve, connection.initialState);
    const told: number[] = [];
    for (const now of days.flatMap((day) => [day, day])) {
      for (const event of connection.decide(look(now), state)) {
        state = connection.evolve(state, event);
        if (event.type === 'ConsentExpiring') told.push(event.data.withinDays);
      }
    }
    expect(told).toEqual([30, 14, 7, 1]);
  });

  it('is another one when it was renewed, and the same one when its end moved by seconds', () => {
    const soon = warned(14, 14, '2026-07-18T10:00:00.000Z');
    const moved = until('2026-08-01T10:00:07.000Z');
    given(connection, ...history, soon, moved)
      .when(look('2026-07-19T10:00:00.000Z'))
      .thenNothing();
    given(connection, ...history, soon, until('2026-12-31T10:00:00.000Z'))
      .when(look('2026-12-20T10:00:00.000Z'))
      .thenEvents({
        type: 'ConsentExpiring',
        data: {
          ...context,
          expiresAt: '2026-12-31T10:00:00.000Z',
          withinDays: 14,
          daysLeft: 11,
          warnedAt: '2026-12-20T10:00:00.000Z',
        },
      });
  });

  it('is warned about as soon as its end is seen, and not again for the same end', () => {
    const now = '2026-07-20T10:00:00.000Z';
    const told = connection.decide(
      seen(EXPIRES, now),
      [opened, linked].reduce(connection.evolve, connection.initialState),
    );
    expect(about(told)).toEqual(['ConsentObserved', 'ConsentExpiring']);
    const after = [opened, linked, ...told].reduce(connection.evolve, connection.initialState);
    expect(connection.decide(look(now), after)).toEqual([]);
    expect(about(connection.decide(seen('2026-08-01T10:00:09.000Z', now), after))).toEqual([
      'ConsentObserved',
    ]);
    expect(about(connection.decide(seen('2026-12-31T10:00:00.000Z', now), after))).toEqual([
      'ConsentObserved',
    ]);
  });

  it('is nothing to a connection without an end, or without a bank', () => {
    given(connection, opened, linked).when(look(NOW)).thenNothing();
    given(connection, opened).when(look(NOW)).thenNothing();
  });
});
