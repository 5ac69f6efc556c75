export * from './bank-provider.js';
export * from './call-budget.js';
export * from './circuit-breaker.js';
export * from './observation.js';
export type { ProviderCode, ProviderReason } from './provider-code.js';
export * from './webhook.js';
export { guideWebhookReader, signGuide } from './guide/webhook.js';
export { PowensProvider, type PowensProviderOptions } from './powens/powens-provider.js';
export { powensWebhookReader, signPowens } from './powens/webhook.js';
export { signTink, tinkWebhookReader } from './tink/webhook.js';
export { webhookReaders, type WebhookSecrets } from './webhook-readers.js';
export { secretFingerprint } from './webhook-secrets.js';
export * from './webhook-registration.js';
export {
  POWENS_WEBHOOK_EVENTS,
  powensEventPath,
  PowensWebhookRegistrar,
  type PowensWebhookRegistrarOptions,
} from './powens/webhook-registration.js';
export { TinkWebhookRegistrar, type TinkWebhookRegistrarOptions } from './tink/webhook-registration.js';
