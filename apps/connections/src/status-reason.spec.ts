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

  it('names a problem before a pause', () =>
    expect(
      statusReason(linked({ syncEnabled: false, problem: { code: 'SCARequired', owner: 'user' } })),
    ).toMatch(/^SCARequired: /));

  it.each(['decoupled', 'validating'])('tells what is waited for: %s', (code) =>
    expect(statusReason(linked({ waiting: { code, since: '' } }))).toMatch(/to do yet\.$/),
  );

  it.each<[ActionOwner, RegExp]>([
    ['user', /fresh link/],
    ['provider', /provider must act/],
    ['time', /by itself/],
    ['nobody', /disconnect/],
  ])('says who must act: %s', (owner, words) =>
    expect(problemText({ code: 'wrongpass', owner })).toMatch(words),
  );

  it('explains an account that is not shared', () =>
    expect(problemText({ code: ACCOUNT_NOT_FOUND, owner: 'user' })).toContain(
      'shares no account with this IBAN',
    ));
});
