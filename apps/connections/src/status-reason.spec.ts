import { type KnownConnection } from '#service';
import { ACCOUNT_NOT_FOUND, type ActionOwner } from '#domain';
import { describe, expect, it } from 'vitest';
import { problemText, statusReason } from './status-reason.js';

const linked = (part: object = {}): KnownConnection =>
  ({ status: 'linked', problem: null, syncEnabled: true, ...part }) as KnownConnection;

describe('the reason of a status', () => {
  it('is nothing when all is well', () => expect(statusReason(linked())).toBeNull());

  it('says what to do about a connection that is not in use', () => {
    expect(statusReason({ status: 'pending' } as KnownConnection)).toContain('/link');
    expect(statusReason({ status: 'disconnected' } as KnownConnection)).toContain(
      'Open the connection again',
    );
    expect(statusReason(linked({ syncEnabled: false }))).toContain('Paused');
  });

  it.each<[string, object, RegExp]>([
    ['under way', { endings: [{ refusedWith: null }] }, /Powens has not confirmed it yet/],
    [
      'refused',
      { endings: [{ refusedWith: 'powens.forbidden' }] },
      /\(powens\.forbidden\)\. The operator ends it/,
    ],
    [
      'done, with other links left',
      { endings: [], endedUser: 'in-use' },
      /other links at Powens.*left alone/,
    ],
  ])('says how a disconnection stands at the provider: %s', (_, part, words) => {
    const state = { status: 'disconnected', opened: { provider: 'powens' }, ...part } as KnownConnection;
    expect(statusReason(state)).toMatch(words);
  });

  it.each(['access_denied', 'tos_declined', 'session_expired', 'server_error', 'something_new'])(
    'says how the last link page ended: %s',
    (code) => {
      const state = { status: 'pending', refused: { code, by: 'user', at: '' } } as KnownConnection;
      expect(statusReason(state)).toMatch(new RegExp(`^No bank is linked yet\\. ${code}: The .*fresh link`));
    },
  );

  it('warns where the provider refreshes nothing by itself', () =>
    expect(statusReason(linked({ automaticRefresh: false }))).toMatch(
      /^provider\.inactive: .* switched off .* The operator has the provider/,
    ));

  it('names a problem before a pause', () =>
    expect(
      statusReason(linked({ syncEnabled: false, problem: { code: 'SCARequired', owner: 'user' } })),
    ).toMatch(/^SCARequired: /));

  it.each(['decoupled', 'validating'])('tells what is waited for: %s', (code) =>
    expect(statusReason(linked({ waiting: { code, since: '' } }))).toMatch(/to do yet/),
  );

  it.each([
    ['decoupled', /has not confirmed\..*fresh link/],
    ['validating', /unusually long/],
  ])('tells what was waited for too long: %s', (code, words) =>
    expect(problemText({ code, owner: 'user' })).toMatch(words),
  );

  it.each<[ActionOwner, RegExp]>([
    ['user', /fresh link/],
    ['provider', /provider must act/],
    ['time', /by itself/],
    ['nobody', /disconnect/],
  ])('says who must act: %s', (owner, words) =>
    expect(problemText({ code: 'newStateOfTomorrow', owner })).toMatch(words),
  );

  it('explains an account that is not shared', () =>
    expect(problemText({ code: ACCOUNT_NOT_FOUND, owner: 'user' })).toContain(
      'shares no account with the IBAN of this connection',
    ));
});
