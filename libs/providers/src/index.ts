export * from './bank-provider.js';
export * from './webhook.js';
