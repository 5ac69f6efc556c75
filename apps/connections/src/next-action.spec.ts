import { ACCOUNT_AMBIGUOUS, type ActionOwner } from '#domain';
import type { KnownConnection } from '#service';
import { describe, expect, it } from 'vitest';
import { actionOwner, nextAutomaticAction } from './next-action.js';

const NEXT_SYNC = '2026-11-24T01:00:00.000Z';
const NEXT_TRY = '2026-11-23T14:00:00.000Z';
const linked = (part: object = {}): KnownConnection =>
  ({ status: 'linked', problem: null, syncEnabled: true, ...part }) as KnownConnection;
const ill = (owner: ActionOwner, part: object = {}) => linked({ problem: { code: 'x', owner }, ...part });

describe('what happens next by itself', () => {
  it.each<[string, KnownConnection, string | null, string | null]>([
    ['well', linked(), 'sync', null],
    ['paused', linked({ syncEnabled: false }), null, 'caller'],
    ['not refreshed by the provider itself', linked({ automaticRefresh: false }), 'sync', 'operator'],
    [
      'paused, and not refreshed either',
      linked({ automaticRefresh: false, syncEnabled: false }),
      null,
      'caller',
    ],
    ['refreshed by the provider itself', linked({ automaticRefresh: true }), 'sync', null],
    ['not linked', { status: 'pending' } as KnownConnection, null, 'user'],
    ['disconnected', { status: 'disconnected' } as KnownConnection, null, null],
    [
      'disconnected and not at the provider yet',
      { status: 'disconnected', endings: [{ refusedWith: null }] } as unknown as KnownConnection,
      null,
      'time',
    ],
    [
      'disconnected and never will be at the provider',
      { status: 'disconnected', endings: [{ refusedWith: 'x' }] } as unknown as KnownConnection,
      null,
      'nobody',
    ],
    ['waiting for the holder', linked({ waiting: { code: 'decoupled' } }), 'sync', 'user'],
    ['waiting, and tried again', linked({ waiting: { code: 'validating' }, nextTryAt: NEXT_TRY }), 'provider-retry', 'provider'], // prettier-ignore
    ['the holder’s', ill('user'), null, 'user'],
    ['the holder’s, and tried again', ill('user', { nextTryAt: NEXT_TRY }), 'provider-retry', 'user'],
    ['passing', ill('time'), 'sync', 'time'],
    ['the provider’s', ill('provider', { nextTryAt: NEXT_TRY }), 'provider-retry', 'provider'],
    ['without a cure', ill('nobody'), null, 'nobody'],
    ['the caller’s', linked({ problem: { code: ACCOUNT_AMBIGUOUS, owner: 'user' } }), null, 'caller'],
  ])('is told with its time where the connection is %s', (_, state, what, owner) => {
    const at = what === 'sync' ? NEXT_SYNC : NEXT_TRY;
    const coming = { nextSync: NEXT_SYNC, waitingUntil: null };
    expect(nextAutomaticAction(state, coming)).toEqual(what === null ? null : { what, at });
    expect(actionOwner(state)).toBe(owner);
  });

  it('is no sync where the schedule never comes round', () =>
    expect(nextAutomaticAction(linked(), { nextSync: null, waitingUntil: null })).toBeNull());

  it.each([
    ['the run that waits, before the schedule', linked(), '2026-11-23T13:16:00.000Z', 'sync', '2026-11-23T13:16:00.000Z'],
    ['the run that waits, before the provider', ill('provider', { nextTryAt: NEXT_TRY }), '2026-11-23T13:16:00.000Z', 'sync', '2026-11-23T13:16:00.000Z'],
    ['the run that waits, where nothing else comes', ill('user'), '2026-11-25T00:00:00.000Z', 'sync', '2026-11-25T00:00:00.000Z'],
    ['the schedule, before the run that waits', linked(), '2026-11-24T02:00:00.000Z', 'sync', NEXT_SYNC],
  ] as const)('is %s', (_, state, waitingUntil, what, at) =>
    expect(nextAutomaticAction(state, { nextSync: NEXT_SYNC, waitingUntil })).toEqual({ what, at })); // prettier-ignore
});
