import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLossless } from '../lossless-json.js';
import { tinkWebhooks } from './fixtures.js';
import { translateNotice } from './translate-notice.js';

const USER = '5f0c2a7be1d94c3c8f6b1d2e3a4b5c6d';
const CREDENTIALS = 'a3b1c5d7e9f0412486b8cadc0e1f2233';
const ACCOUNT = '1c9e77d04b6a4f0e9d2a8c5b3e6f7081';

const target = (changes: object) => ({
  connectionId: null,
  providerUserId: USER,
  providerConnectionId: null,
  providerAccountId: null,
  ...changes,
});

const notice = (event: unknown, content: unknown, context: unknown = { userId: USER }) =>
  translateNotice({ context, content, event });

const refreshed = (content: object) => notice('refresh:finished', { credentialsId: CREDENTIALS, ...content });

describe('each event of Tink', () => {
  const ofAccount = { kind: 'data-may-have-changed', target: target({ providerAccountId: ACCOUNT }) };
  const meanings: Readonly<Record<string, object>> = {
    'refresh:finished (success, background)': {
      kind: 'data-may-have-changed',
      target: target({ providerConnectionId: CREDENTIALS }),
    },
    'refresh:finished (failure, session expired)': {
      kind: 'connection-state',
      target: target({ providerConnectionId: CREDENTIALS }),
      code: 'SESSION_EXPIRED',
    },
    'account-transactions:modified': ofAccount,
    'account-booked-transactions:modified': ofAccount,
    'account-transactions:deleted': ofAccount,
    'account:created': {
      kind: 'account-changed',
      target: target({ providerAccountId: ACCOUNT }),
      change: 'found',
    },
    'account:updated': ofAccount,
  };

  it('has a recorded body', () => {
    expect(tinkWebhooks.map(({ name }) => name)).toEqual(Object.keys(meanings));
  });

  it.each(tinkWebhooks)('has its meaning: $name', ({ name, body }) => {
    expect(translateNotice(parseLossless(body))).toEqual(meanings[name]);
  });

  it.each(['payment:updated', 'mandate-payment:updated', 'actionable-insights:created'])(
    'of another product asks for nothing: %s',
    (event) => {
      expect(notice(event, {})).toEqual({ kind: 'nothing-to-do', event });
    },
  );
});

describe('a finished refresh', () => {
  const whole = target({ providerConnectionId: CREDENTIALS });

  it.each(['TEMPORARY_ERROR', 'AUTHENTICATION_ERROR', 'SESSION_EXPIRED'])(
    'that ended in %s reports that state',
    (code) => {
      const state = { kind: 'connection-state', target: whole, code };
      expect(refreshed({ credentialsStatus: code })).toEqual(state);
      expect(refreshed({ credentialsStatus: `STATUS_${code}` })).toEqual(state);
      expect(refreshed({ status: code })).toEqual(state);
    },
  );

  it.each([
    { credentialsStatus: 'UPDATED' },
    { credentialsStatus: 'STATUS_UPDATED' },
    { status: 'UPDATED' },
    { status: 'STATUS_UPDATED', credentialsStatus: '' },
    { credentialsStatus: 'UPDATED', status: 'TEMPORARY_ERROR' },
    { credentialsStatus: 'UPDATED', finished: '1784620798412', sessionExpiryDate: '1791000000000' },
    { credentialsStatus: 'UPDATED', source: 'OPERATION_SOURCE_STREAMING', surprise: [1] },
  ])('that went well means news: %j', (content) => {
    expect(refreshed(content)).toEqual({ kind: 'data-may-have-changed', target: whole });
  });

  it.each([
    ['SOMETHING_NEW', 'SOMETHING_NEW'],
    ['updated', 'updated'],
    ['STATUS_', 'unreadable-status'],
    ['<b>', 'b'],
    ['\u0000', 'unreadable-status'],
    [{ status: 'UPDATED' }, 'unreadable-status'],
    [null, 'unreadable-status'],
    ['X'.repeat(1000), 'X'.repeat(64)],
  ])('whose outcome is %j is seen and is no good news', (credentialsStatus, code) => {
    expect(refreshed({ credentialsStatus })).toEqual({ kind: 'connection-state', target: whole, code });
  });

  it('without credentials is about the user', () => {
    expect(notice('refresh:finished', { credentialsStatus: 'UPDATED' })).toEqual({
      kind: 'data-may-have-changed',
      target: target({}),
    });
  });
});

describe('the user', () => {
  const content = { credentialsId: CREDENTIALS, credentialsStatus: 'UPDATED' };

  it.each([
    ['the context', { userId: USER }, content],
    ['the content', undefined, { ...content, userId: USER }],
    ['both', { userId: USER }, { ...content, userId: USER }],
    ['the content, beside a context of no use', { externalUserId: 'x' }, { ...content, userId: USER }],
  ])('is named by %s', (_, context, named) => {
    expect(translateNotice({ context, content: named, event: 'refresh:finished' })).toEqual({
      kind: 'data-may-have-changed',
      target: target({ providerConnectionId: CREDENTIALS }),
    });
  });

  it.each([undefined, null, [], 'x', {}, { userId: null }, { userId: '' }, { userId: {} }])(
    'may be missing: context %j',
    (context) => {
      expect(translateNotice({ context, content, event: 'refresh:finished' })).toEqual({
        kind: 'data-may-have-changed',
        target: target({ providerUserId: null, providerConnectionId: CREDENTIALS }),
      });
    },
  );
});

describe('what nobody knows', () => {
  it.each([
    ['refresh:finished', undefined],
    ['refresh:finished', { credentialsId: '' }],
    ['refresh:finished', { credentialsId: 'x'.repeat(201) }],
    ['refresh:finished', { credentialsId: 'a\u0000b' }],
    ['account-transactions:modified', { account: [] }],
    ['account-transactions:deleted', { account: { id: {} } }],
    ['account:created', {}],
    ['account:updated', { account: { id: ACCOUNT } }],
    ['credentials:deleted', { id: 'x' }],
    ['constructor', {}],
    ['__proto__', {}],
    ['REFRESH:FINISHED', { credentialsId: CREDENTIALS }],
  ])('is kept with its name: %s %j', (event, content) => {
    expect(notice(event, content, null)).toEqual({ kind: 'unrecognised', event });
  });

  it.each([undefined, null, [], 'text', '7', {}, { event: null }, { event: {} }, { event: ' ' }])(
    'may have no name at all: %j',
    (body) => {
      expect(translateNotice(body)).toEqual({ kind: 'unrecognised', event: null });
    },
  );

  it('has a name that every store can hold', () => {
    const event = `${'x'.repeat(63)}😀`;
    expect(notice(event, {})).toEqual({ kind: 'unrecognised', event: `${'x'.repeat(63)}\uFFFD` });
  });

  it('is any JSON', () => {
    const events = fc.constantFrom('refresh:finished', 'account:created', 'account-transactions:modified');
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.jsonValue(),
        fc.oneof(events, fc.jsonValue()),
        (context, content, event) => {
          expect(translateNotice({ context, content, event }).kind).toBeTypeOf('string');
        },
      ),
    );
  });
});
