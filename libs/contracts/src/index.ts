export * from './nullable.js';
export * from './public-events/index.js';
export * from './subjects.js';
export * from './views/index.js';
