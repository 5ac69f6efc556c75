export * from './engine.js';
export * from './engines.js';
export * from './event-store.js';
export * from './nats.js';
export * from './nats-binary.js';
export * from './ports.js';
export * from './postgres.js';
export * from './sandbox-bank.js';
export type { NodeChildOptions } from './node-child.js';
