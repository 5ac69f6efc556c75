import { describe, expect, it } from 'vitest';
import { given, stateAfter } from '#testing';
import { connection } from './connection.js';
import type { OpenConnection } from './connection.commands.js';
import type {
  ConnectionDisconnected,
  ConnectionLinked,
  ConnectionOpened,
  LinkStarted,
  SyncPaused,
  UserActionRequired,
} from './connection.events.js';
import { publicStatus } from './connection.state.js';
import { context, linkedAt, linkStartedAt, openedAt, wanted } from './fixtures.js';

const NOW = '2026-06-01T08:00:00.000Z';
const LATER = '2026-06-01T08:05:00.000Z';
const open: OpenConnection = { type: 'OpenConnection', ...wanted, now: NOW };
const opened = openedAt(NOW);
const linkStarted = linkStartedAt(NOW, { expiresAt: '2026-06-01T08:30:00.000Z' });
const linked = linkedAt(LATER, { stateHash: 'h1', sealedToken: 's2' });
const paused: SyncPaused = { type: 'SyncPaused', data: { ...context, pausedAt: NOW } };
const broken: UserActionRequired = {
  type: 'UserActionRequired',
  data: { ...context, code: 'SCARequired', owner: 'user', observedAt: NOW },
};
const disconnected: ConnectionDisconnected = {
  type: 'ConnectionDisconnected',
  data: { ...context, by: 'caller', disconnectedAt: NOW },
};
const disconnectedLink: ConnectionDisconnected = {
  ...disconnected,
  data: {
    ...disconnected.data,
    ending: { providerUserId: 'u1', providerConnectionId: 'p1', isOwnUser: true },
  },
};
const complete = {
  type: 'CompleteLink',
  stateHash: 'h1',
  providerUserId: 'u1',
  providerConnectionId: 'p1',
  sealedToken: 's2',
  now: LATER,
} as const;
const refuse = { type: 'RefuseLink', stateHash: 'h1', code: 'cancelled', by: 'user', now: LATER } as const;

describe('opening', () => {
  it('keeps what was asked for', () => {
    given(connection).when(open).thenEvents(opened);
  });

  it('the same tenant, account and IBAN a second time is refused and names the first', () => {
    given(connection, opened).when(open).thenRejected('connection.already-exists');
    given(connection, opened, linkStarted, linked).when(open).thenRejected('connection.already-exists');
    expect(() => connection.decide(open, stateAfter(connection, opened))).toThrow(
      expect.objectContaining({ details: { connectionId: 'c1' } }),
    );
  });

  it('a disconnected connection starts it afresh on its stream', () => {
    const again = { ...open, syncDaysBack: 30, now: LATER };
    const reopened: ConnectionOpened = {
      ...opened,
      data: { ...opened.data, syncDaysBack: 30, openedAt: LATER },
    };
    const history = [opened, linkStarted, linked, broken, paused, disconnected] as const;
    given(connection, ...history)
      .when(again)
      .thenEvents(reopened);
    expect(stateAfter(connection, ...history, reopened)).toMatchObject({
      status: 'pending',
      access: null,
      problem: null,
      accounts: [],
      syncEnabled: true,
      syncDaysBack: 30,
    });
  });
});

describe('linking', () => {
  it('starts with a link page, as often as a person asks for one', () => {
    const start = {
      type: 'StartLink',
      stateHash: 'h2',
      expiresAt: '2026-06-01T09:00:00.000Z',
      userBefore: 'u1',
      providerUserId: 'u1',
      sealedToken: 's1',
      now: LATER,
    } as const;
    const { type: _, now, userBefore: __, ...facts } = start;
    const second: LinkStarted = { type: 'LinkStarted', data: { ...context, ...facts, startedAt: now } };
    given(connection, opened, linkStarted).when(start).thenEvents(second);
    given(connection, opened, linkStarted, second).when(complete).thenEvents(linked);
  });

  it('is completed by the state that was given out', () => {
    given(connection, opened, linkStarted).when(complete).thenEvents(linked);
  });

  it('a state works once, whether it succeeded or was refused', () => {
    given(connection, opened, linkStarted, linked).when(complete).thenRejected('link.state-used');
    given(connection, opened, linkStarted, linked).when(refuse).thenRejected('link.state-used');
    const failed = {
      type: 'LinkFailed',
      data: { ...context, stateHash: 'h1', code: 'cancelled', by: 'user', failedAt: LATER },
    } as const;
    given(connection, opened, linkStarted).when(refuse).thenEvents(failed);
    given(connection, opened, linkStarted, failed).when(complete).thenRejected('link.state-used');
  });

  it('a state that is not ours is refused', () => {
    given(connection, opened, linkStarted)
      .when({ ...complete, stateHash: 'other' })
      .thenRejected('link.unknown-state');
    given(connection, opened).when(refuse).thenRejected('link.unknown-state');
  });

  it('a state works until it expires and not a millisecond longer', () => {
    given(connection, opened, linkStarted)
      .when({ ...complete, now: '2026-06-01T08:30:00.000Z' })
      .thenEvents({ ...linked, data: { ...linked.data, linkedAt: '2026-06-01T08:30:00.000Z' } });
    given(connection, opened, linkStarted)
      .when({ ...complete, now: '2026-06-01T08:30:00.001Z' })
      .thenRejected('link.state-expired');
  });

  it('a state from before a disconnection does not link the connection that was opened again', () => {
    given(connection, opened, linkStarted, disconnected, opened)
      .when(complete)
      .thenRejected('link.state-used');
  });

  it('backing out of a repair leaves the running link as it was (pain D4)', () => {
    const repair: LinkStarted = { ...linkStarted, data: { ...linkStarted.data, stateHash: 'h2' } };
    const failed = {
      type: 'LinkFailed',
      data: { ...context, stateHash: 'h2', code: 'cancelled', by: 'user', failedAt: LATER },
    } as const;
    const state = stateAfter(connection, opened, linkStarted, linked, repair, failed);
    expect(state).toMatchObject({ status: 'linked', access: { providerConnectionId: 'p1' } });
  });

  it('with credentials needs no link page, and repeating the command is no news', () => {
    const withCredentials = { ...complete, stateHash: null };
    const linkedSo: ConnectionLinked = { ...linked, data: { ...linked.data, stateHash: null } };
    given(connection, opened).when(withCredentials).thenEvents(linkedSo);
    given(connection, opened, linkedSo).when(withCredentials).thenNothing();
    given(connection, opened, linkedSo)
      .when({ ...withCredentials, sealedToken: 's3' })
      .thenEvents({ ...linkedSo, data: { ...linkedSo.data, sealedToken: 's3' } });
  });

  it('ends the problem that it was made for', () => {
    const repair: LinkStarted = { ...linkStarted, data: { ...linkStarted.data, stateHash: 'h2' } };
    const repaired: ConnectionLinked = { ...linked, data: { ...linked.data, stateHash: 'h2' } };
    const state = stateAfter(connection, opened, linkStarted, linked, broken, repair, repaired);
    expect(state).toMatchObject({ problem: null });
  });
});

describe('a token', () => {
  const replace = { type: 'ReplaceToken', sealedToken: 's9', now: LATER } as const;
  const replaced = {
    type: 'TokenReplaced',
    data: { ...context, sealedToken: 's9', replacedAt: LATER },
  } as const;

  it('is replaced once', () => {
    given(connection, opened, linkStarted, linked).when(replace).thenEvents(replaced);
    given(connection, opened, linkStarted, linked, replaced).when(replace).thenNothing();
  });

  it('cannot be replaced where there is none', () => {
    given(connection, opened).when(replace).thenRejected('connection.not-linked');
  });
});

describe('settings', () => {
  const change = (settings: { syncEnabled?: boolean; syncDaysBack?: number }) =>
    ({ type: 'ChangeSettings', ...settings, now: LATER }) as const;
  const pausedLater: SyncPaused = { type: 'SyncPaused', data: { ...context, pausedAt: LATER } };

  it('are changed where they differ, and each change is its own event', () => {
    given(connection, opened)
      .when(change({ syncDaysBack: 30, syncEnabled: false }))
      .thenEvents(
        { type: 'SettingsChanged', data: { ...context, syncDaysBack: 30, changedAt: LATER } },
        pausedLater,
      );
    given(connection, opened)
      .when(change({ syncDaysBack: 90, syncEnabled: true }))
      .thenNothing();
    given(connection, opened).when(change({})).thenNothing();
  });

  it('pause and resume, each once', () => {
    given(connection, opened, paused)
      .when(change({ syncEnabled: false }))
      .thenNothing();
    given(connection, opened, paused)
      .when(change({ syncEnabled: true }))
      .thenEvents({ type: 'SyncResumed', data: { ...context, resumedAt: LATER } });
  });
});

describe('the status that the outside sees', () => {
  it.each([
    ['pending', [opened, linkStarted]],
    ['active', [opened, linkStarted, linked]],
    ['inactive', [opened, linkStarted, linked, paused]],
    ['error', [opened, linkStarted, linked, paused, broken]],
    ['disconnected', [opened, linkStarted, linked, broken, disconnected]],
  ] as const)('is %s', (status, history) => {
    const state = stateAfter(connection, ...history);
    expect(state.status === 'none' ? 'none' : publicStatus(state)).toBe(status);
  });
});

describe('disconnecting', () => {
  const disconnect = { type: 'Disconnect', by: 'caller', now: NOW } as const;

  it('ends a connection once, linked or not', () => {
    given(connection, opened).when(disconnect).thenEvents(disconnected);
    given(connection, opened, linkStarted, linked).when(disconnect).thenEvents(disconnectedLink);
    given(connection, opened, disconnected).when(disconnect).thenNothing();
  });

  it('by the provider ends the link that is gone, and not one that replaced it', () => {
    const gone = { type: 'Disconnect', by: 'provider', now: NOW } as const;
    given(connection, opened, linkStarted, linked)
      .when({ ...gone, ifLinkedTo: 'p1' })
      .thenEvents({ ...disconnected, data: { ...disconnectedLink.data, by: 'provider' } });
    given(connection, opened, linkStarted, linked)
      .when({ ...gone, ifLinkedTo: 'p0' })
      .thenNothing();
  });

  it('keeps the access, with which the provider is told', () => {
    const state = stateAfter(connection, opened, linkStarted, linked, disconnected);
    expect(state).toMatchObject({ access: { providerConnectionId: 'p1', sealedToken: 's2' } });
  });

  it('leaves nothing to be done but opening it again', () => {
    const settings = { type: 'ChangeSettings', syncEnabled: false, now: NOW } as const;
    given(connection, opened, disconnected).when(settings).thenRejected('connection.disconnected');
    given(connection, opened, linkStarted, disconnected)
      .when(complete)
      .thenRejected('connection.disconnected');
  });

  it('needs a connection', () => {
    given(connection).when(disconnect).thenRejected('connection.not-found');
    given(connection).when(complete).thenRejected('connection.not-found');
  });
});
