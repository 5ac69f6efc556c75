export * from './open-vault.js';
export * from './periodic.js';
export * from './providers.js';
export * from './read-own-writes.js';
export * from './run-service.js';
export * from './runner-group.js';
export * from './service-resources.js';
export * from './start-service.js';
