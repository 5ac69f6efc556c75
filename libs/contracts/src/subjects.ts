/** Names on NATS that others rely on. */
export const STREAMS = {
  commands: 'PASSERELLE_COMMANDS',
  events: 'PASSERELLE_EVENTS',
  dead: 'PASSERELLE_DEAD',
} as const;

export const COMMAND_SUBJECTS = {
  requestSync: 'passerelle.commands.sync.request',
  runSync: 'passerelle.commands.sync.run',
  disconnectAtProvider: 'passerelle.commands.connections.disconnect-at-provider',
  findLink: 'passerelle.commands.connections.find-link',
} as const;

export const RPC_SUBJECTS = {
  openConnection: 'passerelle.rpc.connections.open',
  getConnection: 'passerelle.rpc.connections.get',
  listConnections: 'passerelle.rpc.connections.list',
  changeSettings: 'passerelle.rpc.connections.change-settings',
  listAccounts: 'passerelle.rpc.connections.accounts',
  decideOnAccount: 'passerelle.rpc.connections.decide-on-account',
  startLink: 'passerelle.rpc.connections.start-link',
  completeLink: 'passerelle.rpc.connections.complete-link',
  disconnect: 'passerelle.rpc.connections.disconnect',
  requestSync: 'passerelle.rpc.sync.request',
  getSync: 'passerelle.rpc.sync.get',
  syncHistory: 'passerelle.rpc.sync.history',
  connectionStats: 'passerelle.rpc.sync.stats',
  listTransactions: 'passerelle.rpc.sync.transactions',
  getTransaction: 'passerelle.rpc.sync.transaction',
  listDeliveries: 'passerelle.rpc.deliveries.list',
  getDelivery: 'passerelle.rpc.deliveries.get',
  replayDelivery: 'passerelle.rpc.deliveries.replay',
} as const;

/** `<entity>.<verb>` of every public event. */
export const PUBLIC_EVENT_NAMES = [
  'transactions.imported',
  'transactions.amended',
  'transactions.removed',
  'sync.completed',
  'sync.failed',
  'connection.linked',
  'connection.action-required',
  'connection.consent-expiring',
  'connection.other-links-found',
  'connection.disconnected',
  'balance.observed',
] as const;
export type PublicEventName = (typeof PUBLIC_EVENT_NAMES)[number];

/** Characters that a tenant id may consist of, because it becomes a token of a NATS subject. */
export const TENANT_ID = /^[A-Za-z0-9_-]{1,64}$/;

export const eventSubject = (tenantId: string, name: PublicEventName): string =>
  `passerelle.events.${tenantId}.${name}.v1`;

/** Every public event of one tenant, or (`*`) of all. */
export const eventSubjects = (tenantId: string): string => `passerelle.events.${tenantId}.>`;
