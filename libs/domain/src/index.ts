export * from './bank-transaction.js';
export * from './provider-notice.js';
