import type {
  ConnectionContext,
  ConnectionLinked,
  ConnectionOpened,
  LinkAtProvider,
  LinkStarted,
} from './connection.events.js';

export const context: ConnectionContext = { connectionId: 'c1', tenantId: 't1', companyId: 'co1' };
export const IBAN = 'FR7630006000011234567890189';

/** What a connection is opened for. */
export const wanted = {
  ...context,
  accountId: 'acc1',
  institutionId: 'bank1',
  iban: IBAN,
  provider: 'powens',
  syncEnabled: true,
  syncDaysBack: 90,
} as const;

export const openedAt = (now: string): ConnectionOpened => ({
  type: 'ConnectionOpened',
  data: { ...wanted, openedAt: now },
});

export const linkStartedAt = (
  now: string,
  more: Partial<Pick<LinkStarted['data'], 'stateHash' | 'expiresAt' | 'providerUserId' | 'sealedToken'>> = {},
): LinkStarted => ({
  type: 'LinkStarted',
  data: {
    ...context,
    stateHash: 'h1',
    expiresAt: now,
    providerUserId: 'u1',
    sealedToken: 's1',
    ...more,
    startedAt: now,
  },
});

export const OUR_LINK: LinkAtProvider = { providerUserId: 'u1', providerConnectionId: 'p1' };

/** Linked by credentials, unless a state is given. */
export const linkedAt = (
  now: string,
  more: Partial<LinkAtProvider & Pick<ConnectionLinked['data'], 'stateHash' | 'sealedToken'>> = {},
): ConnectionLinked => {
  const { providerUserId, providerConnectionId, stateHash, sealedToken } = { ...OUR_LINK, ...more };
  return {
    type: 'ConnectionLinked',
    data: {
      ...context,
      provider: 'powens',
      providerUserId,
      providerConnectionId: providerConnectionId ?? '',
      sealedToken: sealedToken ?? 's',
      stateHash: stateHash ?? null,
      linkedAt: now,
    },
  };
};
