export { startSandboxBank, type RunningSandboxBank } from './start.js';
export type { SandboxOptions } from './options.js';
export type { Settings } from './settings.js';
export { withCheckDigits } from './bank/iban.js';
export { SandboxDriver, type Answer, type Credentials } from './driving/sandbox-driver.js';
export { listenForWebhooks, type ReceivedWebhook, type WebhookListener } from './driving/webhook-listener.js';
export * from './scenario/index.js';
