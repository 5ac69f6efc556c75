import { describe, expect, it } from 'vitest';
import { given, stateAfter } from '#testing';
import { connection } from './connection.js';
import type { Disconnect, ResealToken } from './connection.commands.js';
import type { ConnectionEvent, LinkAtProvider, OtherLink, UserAtProvider } from './connection.events.js';
import { tokensInUse } from './ending.js';
import { context, linkedAt, linkStartedAt, openedAt, OUR_LINK } from './fixtures.js';

const NOW = '2026-06-01T08:00:00.000Z';
const ours = OUR_LINK;
const theirs: LinkAtProvider = { providerUserId: 'u9', providerConnectionId: 'p9' };

const opened = openedAt(NOW);
const page = linkStartedAt(NOW);
const linkedTo = (link: LinkAtProvider, sealedToken: string) => linkedAt(NOW, { ...link, sealedToken });
const disconnected = (
  by: 'caller' | 'provider',
  link?: LinkAtProvider,
  isOwnUser = true,
): ConnectionEvent => ({
  type: 'ConnectionDisconnected',
  data: { ...context, by, disconnectedAt: NOW, ...(link && { ending: { ...link, isOwnUser } }) },
});
const ended = (link: LinkAtProvider, user: UserAtProvider): ConnectionEvent => ({
  type: 'LinkEnded',
  data: { ...context, ...link, user, endedAt: NOW },
});
const refused = (code: string): ConnectionEvent => ({
  type: 'LinkEndRefused',
  data: { ...context, ...ours, code, refusedAt: NOW },
});
const end = (by: 'caller' | 'provider'): Disconnect => ({ type: 'Disconnect', by, now: NOW });

const tokensAfter = (...events: readonly ConnectionEvent[]): readonly string[] => {
  const state = stateAfter(connection, ...events);
  return state.status === 'none' ? [] : tokensInUse(state).map(({ sealedToken }) => sealedToken);
};
const endingsAfter = (...events: readonly ConnectionEvent[]) => {
  const state = stateAfter(connection, ...events);
  return state.status === 'none' ? [] : (state.endings ?? []);
};

describe('what is left to end at the provider', () => {
  it.each<[string, readonly ConnectionEvent[], 'caller' | 'provider', ConnectionEvent]>([
    [
      'a link and the user that we made',
      [page, linkedTo(ours, 's2')],
      'caller',
      disconnected('caller', ours),
    ],
    [
      'a user that we made and who linked nothing that we know of',
      [page],
      'caller',
      disconnected('caller', { ...ours, providerConnectionId: null }),
    ],
    [
      'the user that we made where the provider ended the link',
      [page, linkedTo(ours, 's2')],
      'provider',
      disconnected('provider', ours),
    ],
    [
      'a link of a user of the caller’s',
      [linkedTo(theirs, 's9')],
      'caller',
      disconnected('caller', theirs, false),
    ],
    [
      'a link of a user of the caller’s that was repaired through us',
      [linkedTo(theirs, 's9'), { ...page, data: { ...page.data, providerUserId: 'u9' } }],
      'caller',
      disconnected('caller', theirs, false),
    ],
    [
      'nothing of theirs that the provider ended',
      [linkedTo(theirs, 's9')],
      'provider',
      disconnected('provider'),
    ],
    ['nothing where nothing was begun', [], 'caller', disconnected('caller')],
  ])('is %s', (_, history, by, expected) => {
    given(connection, opened, ...history)
      .when(end(by))
      .thenEvents(expected);
  });

  it('is remembered until the provider has confirmed it, also when the connection is opened again meanwhile', () => {
    const history = [opened, page, linkedTo(ours, 's2'), disconnected('caller', ours)];
    const open = { ...ours, sealedToken: 's2', since: NOW, refusedWith: null };
    expect(endingsAfter(...history)).toEqual([open]);
    expect(endingsAfter(...history, opened)).toEqual([open]);
    expect(endingsAfter(...history, opened, ended(ours, 'deleted'))).toEqual([]);
    const confirm = { type: 'ConfirmEnd', ...ours, user: 'deleted', now: NOW } as const;
    given(connection, ...history)
      .when(confirm)
      .thenEvents(ended(ours, 'deleted'));
    given(connection, ...history, opened)
      .when(confirm)
      .thenEvents(ended(ours, 'deleted'));
    given(connection, ...history, ended(ours, 'deleted'))
      .when(confirm)
      .thenNothing();
  });

  it('is marked where the provider refuses for good, once', () => {
    const history = [opened, page, linkedTo(ours, 's2'), disconnected('caller', ours)];
    const refuse = { type: 'RefuseEnd', ...ours, code: 'powens.refused', now: NOW } as const;
    given(connection, ...history)
      .when(refuse)
      .thenEvents(refused('powens.refused'));
    given(connection, ...history, refused('powens.refused'))
      .when(refuse)
      .thenNothing();
    expect(endingsAfter(...history, refused('powens.refused'))).toMatchObject([
      { refusedWith: 'powens.refused' },
    ]);
  });
});

const reseal = (from: string): ResealToken => ({ type: 'ResealToken', from, sealedToken: 'new', now: NOW });
const resealed = (link: LinkAtProvider): ConnectionEvent => ({
  type: 'TokenResealed',
  data: { ...context, ...link, sealedToken: 'new', resealedAt: NOW },
});

describe('a token that an old key sealed', () => {
  it('is replaced where it is used', () => {
    const history = [opened, page, linkedTo(ours, 's2')];
    given(connection, ...history)
      .when(reseal('s2'))
      .thenEvents(resealed(ours));
    expect(tokensAfter(...history, resealed(ours))).toEqual(['new']);
    given(connection, ...history, resealed(ours))
      .when(reseal('s2'))
      .thenNothing();
  });

  it('is replaced where the provider is still to be told, and nowhere after that', () => {
    const history = [opened, page, linkedTo(ours, 's2'), disconnected('caller', ours)];
    given(connection, ...history)
      .when(reseal('s2'))
      .thenEvents(resealed(ours));
    expect(tokensAfter(...history, resealed(ours))).toEqual(['new']);
    expect(tokensAfter(...history, opened, resealed(ours))).toEqual(['new']);
    expect(tokensAfter(...history, ended(ours, 'deleted'))).toEqual([]);
  });

  it('is left alone when it was renewed meanwhile', () => {
    given(connection, opened, page, linkedTo(ours, 's2'), linkedTo(ours, 's3'))
      .when(reseal('s2'))
      .thenNothing();
  });
});

const observed = (links: readonly OtherLink[]): ConnectionEvent => ({
  type: 'OtherLinksObserved',
  data: { ...context, links, observedAt: NOW },
});
const observe = (links: readonly OtherLink[]) => ({ type: 'ObserveOtherLinks', links, now: NOW }) as const;

describe('what the holder linked besides', () => {
  const other: OtherLink = { providerConnectionId: 'p2', accounts: [{ iban: null, name: 'Livret' }] };
  const history = [opened, page, linkedTo(ours, 's2')];

  it('is told when it is seen first, and when it is gone', () => {
    given(connection, ...history)
      .when(observe([other]))
      .thenEvents(observed([other]));
    given(connection, ...history, observed([other]))
      .when(observe([other]))
      .thenNothing();
    given(connection, ...history, observed([other]))
      .when(observe([]))
      .thenEvents(observed([]));
    given(connection, ...history)
      .when(observe([]))
      .thenNothing();
  });

  it('is the caller’s business where the user is the caller’s', () => {
    given(connection, opened, linkedTo(theirs, 's9'))
      .when(observe([other]))
      .thenNothing();
  });
});
