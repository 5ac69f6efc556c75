import { describe, expect, it } from 'vitest';
import { fixture } from './fixtures.js';
import { translateNotice } from './translate-notice.js';

const target = (changes: object) => ({
  connectionId: null,
  providerUserId: null,
  providerConnectionId: null,
  providerAccountId: null,
  ...changes,
});

const user = { id: '4021', signin: '2026-01-12 09:41:07' };
const connection = { id: '3107', id_user: '4021', id_connector: '59', state: null };
const account = { id: '8801', id_connection: '3107', id_user: '4021', name: 'Compte', type: 'checking' };
const ofUser = target({ providerUserId: '4021' });
const ofConnection = target({ providerUserId: '4021', providerConnectionId: '3107' });
const ofAccount = target({
  providerUserId: '4021',
  providerConnectionId: '3107',
  providerAccountId: '8801',
});
const nothing = (event: string) => ({ kind: 'nothing-to-do', event });
const news = (of: object) => ({ kind: 'data-may-have-changed', target: of });

/** Every event that Powens lists, its body, what it means to us, and what the body alone betrays of it. */
const EVENTS: readonly (readonly [event: string, body: object, notice: object, byShape: string | object])[] =
  [
    ['USER_CREATED', user, nothing('user-created'), 'nothing'],
    ['USER_DELETED', user, { kind: 'user-deleted', target: ofUser }, 'nothing'],
    ['USER_SYNCED', { user, connections: [connection] }, news(ofUser), 'the same'],
    [
      'CONNECTION_SYNCED',
      { user, connection: { ...connection, accounts: [] } },
      news(ofConnection),
      'the same',
    ],
    ['CONNECTION_DELETED', connection, { kind: 'connection-deleted', target: ofConnection }, 'the same'],
    ['ACCOUNTS_FETCHED', { user, connection }, nothing('accounts-fetched'), news(ofConnection)],
    ['ACCOUNT_SYNCED', { ...account, transactions: [], investments: [] }, news(ofAccount), 'the same'],
    ['ACCOUNT_CATEGORIZED', { transactions: [{}] }, nothing('account-categorized'), 'the same'],
    [
      'ACCOUNT_FOUND',
      {
        id: '8801',
        id_user: '4021',
        id_connection: '3107',
        disabled: '2026-01-12 09:45:03',
        type: 'savings',
      },
      { kind: 'account-changed', target: ofAccount, change: 'found' },
      'the same',
    ],
    [
      'ACCOUNT_ENABLED',
      { ...account, disabled: null },
      { kind: 'account-changed', target: ofAccount, change: 'enabled' },
      'the same',
    ],
    [
      'ACCOUNT_DISABLED',
      { ...account, disabled: '2026-03-01 10:00:00' },
      { kind: 'account-changed', target: ofAccount, change: 'disabled' },
      'the same',
    ],
    ['ACCOUNT_OWNERSHIPS_FOUND', { id_account: '8801' }, nothing('account-ownerships-found'), 'nothing'],
    [
      'TRANSACTION_ATTACHMENTS_FOUND',
      { id_connection: '3107', id_account: '8801', id_transaction: '7', attachments: [] },
      nothing('transaction-attachments-found'),
      'the same',
    ],
    ['SUBSCRIPTION_FOUND', { id: '5', label: 'x' }, nothing('subscription-found'), 'nothing'],
    ['SUBSCRIPTION_SYNCED', { id: '5', label: 'x' }, nothing('subscription-synced'), 'nothing'],
    ['PAYMENT_STATE_UPDATED', { id: '5', state: 'done' }, nothing('payment-state-updated'), 'nothing'],
    ['TRANSACTIONS_CLUSTERED', { id: '5' }, nothing('transactions-clustered'), 'nothing'],
  ];

describe('each event of Powens', () => {
  it.each(EVENTS)('is understood by its path: %s', (event, body, notice) => {
    const delivered = { id_webhook_data: '1', ...body };
    expect(translateNotice(event.toLowerCase().replaceAll('_', '-'), delivered)).toEqual(notice);
    expect(translateNotice(event, delivered)).toEqual(notice);
  });

  it.each(EVENTS)('is told by its shape, or not at all: %s', (_, body, notice, byShape) => {
    const known = byShape === 'the same' ? notice : byShape;
    expect(translateNotice(null, { id_webhook_data: '1', ...body })).toEqual(
      known === 'nothing' ? { kind: 'unrecognised', event: null } : known,
    );
  });
});

describe('a sync that ended in an error', () => {
  const failed = { ...connection, state: 'wrongpass' };
  const state = { kind: 'connection-state', target: ofConnection, code: 'wrongpass' };

  it.each([
    ['no accounts', { user, connection: failed }],
    ['an empty list of accounts', { user, connection: { ...failed, accounts: [] } }],
    ['null for accounts', { user, connection: { ...failed, accounts: null } }],
    ['accounts', { user, connection: { ...failed, accounts: [account] } }],
    ['the deprecated twin of the state', { user, connection: { ...connection, error: 'wrongpass' } }],
    ['no user', { connection: failed }],
  ])('says so with %s', (_, body) => {
    expect(translateNotice('connection-synced', body)).toEqual(state);
    expect(translateNotice(null, body)).toEqual(state);
  });

  it.each([
    ['somethingNew', 'somethingNew'],
    ['<a href>', 'ahref'],
    [{}, 'unreadable-state'],
    ['\uFFFD', 'unreadable-state'],
  ])('keeps a state that nobody knows: %j', (given, code) => {
    const body = { user, connection: { ...connection, state: given } };
    expect(translateNotice('connection-synced', body)).toEqual({ ...state, code });
  });

  it('still says so when the connection has no id', () => {
    expect(translateNotice('connection-synced', { user, connection: { state: 'bug' } })).toEqual({
      kind: 'connection-state',
      target: ofUser,
      code: 'bug',
    });
  });
});

describe('a deletion', () => {
  const mean = new Set(['CONNECTION_DELETED', 'USER_DELETED', 'USER_CREATED']);
  const OTHERS = EVENTS.filter(
    ([event]) => !mean.has(event) && !/SUBSCRIPTION|PAYMENT|CLUSTERED/.test(event),
  );

  it.each(OTHERS)('is not read off a body that came down the wrong path: %s', (_, body) => {
    for (const event of ['connection-deleted', 'user-deleted']) {
      expect(translateNotice(event, { id_webhook_data: '1', ...body })).toEqual({
        kind: 'unrecognised',
        event,
      });
    }
  });

  it('of a user is not one of a connection, nor the other way round', () => {
    expect(translateNotice('connection-deleted', user)).toEqual({
      kind: 'unrecognised',
      event: 'connection-deleted',
    });
    expect(translateNotice('user-deleted', connection)).toEqual({
      kind: 'unrecognised',
      event: 'user-deleted',
    });
  });

  it('is read off the least that Powens sends', () => {
    expect(translateNotice('connection-deleted', { id: '3107' })).toEqual({
      kind: 'connection-deleted',
      target: target({ providerConnectionId: '3107' }),
    });
    expect(translateNotice('user-deleted', { id: '4021' })).toEqual({ kind: 'user-deleted', target: ofUser });
    expect(translateNotice('user-deleted', fixture('webhook-user-deleted.json'))).toEqual({
      kind: 'user-deleted',
      target: ofUser,
    });
  });
});

it('an id that no provider would send is no id', () => {
  for (const id of ['x'.repeat(201), 'a\nb', '\uFFFD', {}, [], true]) {
    expect(translateNotice('connection-deleted', { id })).toMatchObject({ kind: 'unrecognised' });
    expect(translateNotice('account-found', { ...account, id })).toMatchObject({ kind: 'unrecognised' });
  }
});
