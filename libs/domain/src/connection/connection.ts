import { type Decider, DomainError } from '#kernel';
import type {
  ChangeSettings,
  ConfirmEnd,
  ConnectionCommand,
  Disconnect,
  OpenConnection,
  RefuseEnd,
  ReplaceToken,
  ResealToken,
} from './connection.commands.js';
import type { ConnectionEvent } from './connection.events.js';
import type { ConnectionState, LinkedConnection, OpenedConnection } from './connection.state.js';
import { contextOf } from './context.js';
import { warnOfConsent } from './consent.js';
import { evolveConnection } from './evolve-connection.js';
import { ignoreAccount, trackAccount } from './decide-on-account.js';
import { completeLink, findLink, refuseLink, spareUser, startLink } from './link.js';
import { confirmEnd, endingOf, refuseEnd, resealToken } from './ending.js';
import { observeOtherLinks } from './other-links.js';
import { observeProvider, reportProblem } from './observe-provider.js';
import { noticeSilence } from './silence.js';

const openConnection = (command: OpenConnection, state: ConnectionState): readonly ConnectionEvent[] => {
  if (state.status === 'pending' || state.status === 'linked') {
    throw new DomainError(
      'connection.already-exists',
      'This tenant, account and IBAN have a connection already.',
      {
        connectionId: state.connectionId,
      },
    );
  }
  const { type: _, now, ...facts } = command;
  return [{ type: 'ConnectionOpened', data: { ...facts, openedAt: now } }];
};

const changeSettings = (command: ChangeSettings, state: OpenedConnection): readonly ConnectionEvent[] => {
  const { syncEnabled, syncDaysBack, now } = command;
  const context = contextOf(state);
  const events: ConnectionEvent[] = [];
  if (syncDaysBack !== undefined && syncDaysBack !== state.syncDaysBack) {
    events.push({ type: 'SettingsChanged', data: { ...context, syncDaysBack, changedAt: now } });
  }
  if (syncEnabled === false && state.syncEnabled) {
    events.push({ type: 'SyncPaused', data: { ...context, pausedAt: now } });
  }
  if (syncEnabled === true && !state.syncEnabled) {
    events.push({ type: 'SyncResumed', data: { ...context, resumedAt: now } });
  }
  return events;
};

const notLinked = () =>
  new DomainError('connection.not-linked', 'No bank is linked yet. Ask for a link first.');

const linked = (state: ConnectionState): LinkedConnection => {
  if (state.status !== 'linked') throw notLinked();
  return state;
};

const replaceToken = (command: ReplaceToken, state: OpenedConnection): readonly ConnectionEvent[] => {
  const { sealedToken, now } = command;
  if (state.access === null) throw notLinked();
  if (state.access.sealedToken === sealedToken) return [];
  return [{ type: 'TokenReplaced', data: { ...contextOf(state), sealedToken, replacedAt: now } }];
};

/** What a disconnected connection needs no more, and nobody needs to be told. */
const TOO_LATE_IS_FINE: readonly ConnectionCommand['type'][] = [
  'Disconnect',
  'ObserveOtherLinks',
  'NoticeSilence',
  'WarnOfConsent',
];

/** What goes on behind a connection's back, whatever its status. */
const decideBehind = (
  command: ConfirmEnd | RefuseEnd | ResealToken,
  state: Exclude<ConnectionState, { status: 'none' }>,
): readonly ConnectionEvent[] => {
  switch (command.type) {
    case 'ConfirmEnd':
      return confirmEnd(command, state);
    case 'RefuseEnd':
      return refuseEnd(command, state);
    case 'ResealToken':
      return resealToken(command, state);
  }
};

const disconnect = (
  { by, ifLinkedTo, now }: Disconnect,
  state: OpenedConnection,
): readonly ConnectionEvent[] => {
  if (ifLinkedTo !== undefined && state.access?.providerConnectionId !== ifLinkedTo) return [];
  const ending = endingOf(state, by);
  const data = { ...contextOf(state), by, disconnectedAt: now, ...(ending && { ending }) };
  return [{ type: 'ConnectionDisconnected', data }];
};

/** One bank link of one company, from its opening to its end; re-opened on the same stream. */
export const connection: Decider<ConnectionState, ConnectionCommand, ConnectionEvent> = {
  category: 'connection',
  events: [
    'ConnectionOpened', 'LinkStarted', 'SpareUserMade', 'ConnectionLinked', 'LinkConfirmed', 'LinkFailed', 'AccountDiscovered', 'AccountTracked',
    'AccountIgnored', 'AccountVanished', 'UserActionRequired', 'WaitingStarted', 'WaitingEnded', 'RefreshPlanned', 'SilenceNoticed', 'AutomaticRefreshObserved', 'ConnectionRecovered', 'ConsentObserved', 'ConsentExpiring',
    'TokenReplaced', 'TokenResealed', 'OtherLinksObserved', 'SettingsChanged', 'SyncPaused', 'SyncResumed', 'ConnectionDisconnected',
    'LinkEnded', 'LinkEndRefused',
  ], // prettier-ignore
  initialState: { status: 'none' },
  decide: (command, state) => {
    if (command.type === 'OpenConnection') return openConnection(command, state);
    if (state.status === 'none')
      throw new DomainError('connection.not-found', 'There is no such connection.');
    if (command.type === 'ConfirmEnd' || command.type === 'RefuseEnd' || command.type === 'ResealToken') {
      return decideBehind(command, state);
    }
    if (state.status === 'disconnected') {
      const spare = command.type === 'StartLink' ? spareUser(command, state) : [];
      if (spare.length > 0) return spare;
      if (TOO_LATE_IS_FINE.includes(command.type)) return [];
      throw new DomainError(
        'connection.disconnected',
        'This connection is disconnected. Open it again to use it.',
      );
    }
    switch (command.type) {
      case 'StartLink':
        return startLink(command, state);
      case 'CompleteLink':
        return completeLink(command, state);
      case 'FindLink':
        return findLink(command, state);
      case 'RefuseLink':
        return refuseLink(command, state);
      case 'ObserveProvider':
        return state.status === 'linked' ? observeProvider(command, state) : [];
      case 'TrackAccount':
        return trackAccount(command, linked(state));
      case 'IgnoreAccount':
        return ignoreAccount(command, linked(state));
      case 'ReportProblem':
        return state.status === 'linked' ? reportProblem(command, command.now, state) : [];
      case 'NoticeSilence':
        return state.status === 'linked' ? noticeSilence(command, state) : [];
      case 'WarnOfConsent':
        return state.status === 'linked' ? warnOfConsent(state, command.now) : [];
      case 'ReplaceToken':
        return replaceToken(command, state);
      case 'ChangeSettings':
        return changeSettings(command, state);
      case 'ObserveOtherLinks':
        return state.status === 'linked' ? observeOtherLinks(command, state) : [];
      case 'Disconnect':
        return disconnect(command, state);
    }
  },
  evolve: evolveConnection,
};
