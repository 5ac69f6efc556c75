import { given, stateAfter } from '#testing';
import { describe, expect, it } from 'vitest';
import { connection } from './connection.js';
import type { StartLink } from './connection.commands.js';
import type { ConnectionEvent } from './connection.events.js';
import { tokensInUse } from './ending.js';
import { context, linkedAt, linkStartedAt, openedAt } from './fixtures.js';

const NOW = '2026-06-01T08:00:00.000Z';
const LATER = '2026-06-01T08:05:00.000Z';
const EXPIRES = '2026-06-01T08:30:00.000Z';
const opened = openedAt(NOW);
const disconnected: ConnectionEvent = {
  type: 'ConnectionDisconnected',
  data: { ...context, by: 'caller', disconnectedAt: NOW },
};

describe('the provider’s user of a connection', () => {
  const first = linkStartedAt(NOW, { expiresAt: EXPIRES });
  const page = (userBefore: string | null, providerUserId: string): StartLink => {
    const facts = { stateHash: 'h2', expiresAt: EXPIRES, userBefore, providerUserId, sealedToken: 's2' };
    return { type: 'StartLink', ...facts, now: LATER };
  };
  const started = linkStartedAt(LATER, { stateHash: 'h2', expiresAt: EXPIRES, sealedToken: 's2' });
  const spare = (providerUserId: string): ConnectionEvent => ({
    type: 'SpareUserMade',
    data: { ...context, providerUserId, sealedToken: 's2', madeAt: LATER },
  });

  it('is the one that was made first: a second one is spare, and its page is none', () => {
    given(connection, opened).when(page(null, 'u1')).thenEvents(started);
    given(connection, opened, first).when(page(null, 'u2')).thenEvents(spare('u2'));
    given(connection, opened, linkedAt(NOW)).when(page(null, 'u2')).thenEvents(spare('u2'));
    given(connection, opened, first).when(page('u1', 'u1')).thenEvents(started);
  });

  it('that was made for a connection which has ended meanwhile is spare, too', () => {
    given(connection, opened, disconnected).when(page(null, 'u2')).thenEvents(spare('u2'));
    given(connection, opened, first, disconnected)
      .when(page('u1', 'u1'))
      .thenRejected('connection.disconnected');
  });

  it('has no page any more when the connection has another user, or none, by then', () => {
    const credentials = linkedAt(NOW, { providerUserId: 'u9', providerConnectionId: 'p9' });
    given(connection, opened, first, credentials).when(page('u1', 'u1')).thenNothing();
    given(connection, opened, first, disconnected, opened).when(page('u1', 'u1')).thenNothing();
  });

  it('that is spare is kept to be ended, and changes nothing else', () => {
    const before = stateAfter(connection, opened, first);
    const state = stateAfter(connection, opened, first, spare('u2'));
    const ending = { providerUserId: 'u2', providerConnectionId: null, sealedToken: 's2' };
    expect(state).toEqual({ ...before, endings: [{ ...ending, since: LATER, refusedWith: null }] });
    expect(state.status !== 'none' && tokensInUse(state)).toMatchObject([{ providerUserId: 'u1' }, ending]);
    const ended: ConnectionEvent = {
      type: 'LinkEnded',
      data: {
        ...context,
        providerUserId: 'u2',
        providerConnectionId: null,
        user: 'deleted',
        endedAt: LATER,
      },
    };
    given(connection, opened, first, spare('u2'))
      .when({
        type: 'ConfirmEnd',
        providerUserId: 'u2',
        providerConnectionId: null,
        user: 'deleted',
        now: LATER,
      })
      .thenEvents(ended);
    expect(stateAfter(connection, opened, first, spare('u2'), ended)).toMatchObject({ endings: [] });
  });
});

describe('a link that is found before anybody comes back', () => {
  const page = linkStartedAt(NOW, { expiresAt: EXPIRES });
  const link = { providerUserId: 'u1', providerConnectionId: 'p1', sealedToken: 's3' };
  const find = { type: 'FindLink', ...link, now: LATER } as const;
  const linked = linkedAt(LATER, link);
  const found: ConnectionEvent = { ...linked, data: { ...linked.data, isFound: true } };
  const back = { type: 'CompleteLink', stateHash: 'h1', ...link, sealedToken: 's4', now: LATER } as const;
  const confirmed: ConnectionEvent = {
    type: 'LinkConfirmed',
    data: { ...context, stateHash: 'h1', sealedToken: 's4', confirmedAt: LATER },
  };

  it('is linked once, whoever is first', () => {
    given(connection, opened, page).when(find).thenEvents(found);
    given(connection, opened, page, found).when(find).thenNothing();
    given(connection, opened, page, linkedAt(NOW, { stateHash: 'h1' }))
      .when(find)
      .thenNothing();
  });

  it('of a user that the connection has no more is none', () => {
    given(connection, opened).when(find).thenNothing();
    given(connection, opened, page)
      .when({ ...find, providerUserId: 'u2' })
      .thenNothing();
  });

  it('is confirmed by the page that comes back with it, once', () => {
    given(connection, opened, page, found).when(back).thenEvents(confirmed);
    given(connection, opened, page, found, confirmed).when(back).thenRejected('link.state-used');
    expect(stateAfter(connection, opened, page, found, confirmed)).toMatchObject({
      status: 'linked',
      access: { sealedToken: 's4' },
    });
  });

  it('is replaced by the page that comes back with another', () => {
    const other = { ...back, providerConnectionId: 'p2' };
    const { providerConnectionId, sealedToken, stateHash } = other;
    given(connection, opened, page, found)
      .when(other)
      .thenEvents(linkedAt(LATER, { providerConnectionId, sealedToken, stateHash }));
  });

  it('leaves pages that are made later to be what they are: repairs', () => {
    const repair = linkStartedAt(LATER, { stateHash: 'h2', expiresAt: EXPIRES });
    given(connection, opened, page, found, repair)
      .when({ ...back, stateHash: 'h2' })
      .thenEvents(linkedAt(LATER, { ...link, stateHash: 'h2', sealedToken: 's4' }));
  });
});
