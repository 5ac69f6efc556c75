export type {
  AmendedTransaction,
  BankAccountsView,
  BankAccountView,
  ConnectionStatsView,
  ConnectionView,
  DeliveryDetailsView,
  DeliveryView,
  PublicEvent,
  PublicEventName,
  PublicEventOf,
  RemovedTransaction,
  SyncView,
  TransactionDetailsView,
  TransactionView,
} from '#contracts';
export type { PasserelleClientOptions } from './http-api.js';
export * from './passerelle-client.js';
export * from './passerelle-problem.js';
export * from './subscribe-options.js';
export * from './subscribe.js';
