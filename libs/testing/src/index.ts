export * from './engines.js';
export * from './given.js';
