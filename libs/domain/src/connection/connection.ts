import { type Decider, DomainError } from '#kernel';
import type {
  ChangeSettings,
  ConnectionCommand,
  OpenConnection,
  ReplaceToken,
} from './connection.commands.js';
import type { ConnectionContext, ConnectionEvent } from './connection.events.js';
import type { ConnectionState, LinkedConnection, OpenedConnection } from './connection.state.js';
import { warnOfConsent } from './consent.js';
import { evolveConnection } from './evolve-connection.js';
import { ignoreAccount, trackAccount } from './decide-on-account.js';
import { completeLink, refuseLink, startLink } from './link.js';
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

const contextOf = ({ connectionId, tenantId, companyId }: OpenedConnection): ConnectionContext => ({
  connectionId,
  tenantId,
  companyId,
});

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
  'NoticeSilence',
  'WarnOfConsent',
];

/** One bank link of one company, from its opening to its end; re-opened on the same stream. */
export const connection: Decider<ConnectionState, ConnectionCommand, ConnectionEvent> = {
  category: 'connection',
  events: [
    'ConnectionOpened', 'LinkStarted', 'ConnectionLinked', 'LinkFailed', 'AccountDiscovered', 'AccountTracked',
    'AccountIgnored', 'AccountVanished', 'UserActionRequired', 'WaitingStarted', 'WaitingEnded', 'RefreshPlanned', 'SilenceNoticed', 'ConnectionRecovered', 'ConsentObserved', 'ConsentExpiring',
    'TokenReplaced', 'SettingsChanged', 'SyncPaused', 'SyncResumed', 'ConnectionDisconnected',
  ], // prettier-ignore
  initialState: { status: 'none' },
  decide: (command, state) => {
    if (command.type === 'OpenConnection') return openConnection(command, state);
    if (state.status === 'none')
      throw new DomainError('connection.not-found', 'There is no such connection.');
    if (state.status === 'disconnected') {
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
      case 'Disconnect': {
        const { by, ifLinkedTo, now } = command;
        if (ifLinkedTo !== undefined && state.access?.providerConnectionId !== ifLinkedTo) return [];
        return [{ type: 'ConnectionDisconnected', data: { ...contextOf(state), by, disconnectedAt: now } }];
      }
    }
  },
  evolve: evolveConnection,
};
