export * from './any-account.js';
export * from './any-metadata.js';
export * from './engines.js';
export * from './given.js';
export * from './in-memory-event-store.js';
export * from './nats-server.js';
export * from './raw-http.js';
export { ownDatabaseUrl } from './own-database.js';
