import { guideWebhookReader } from './guide/webhook.js';
import { powensWebhookReader } from './powens/webhook.js';
import { tinkWebhookReader } from './tink/webhook.js';
import type { WebhookReader } from './webhook.js';

export interface WebhookSecrets {
  /** For Powens' own scheme and for the original guide's; all are live at once. */
  readonly powensSecrets: readonly string[];
  readonly tinkSecrets: readonly string[];
  /** Oldest signature of Tink's that is accepted. */
  readonly tinkToleranceSeconds: number;
}

const isSet = (secret: string): boolean => secret.trim() !== '';

/**
 * One reader per scheme, always all of them: a scheme without a secret is refused, not unknown, and what it sent before its
 * secret went away can still be translated. Blank secrets, which would let anybody sign, count as absent. Never throws.
 */
export const webhookReaders = (live: WebhookSecrets): readonly WebhookReader[] => {
  const powensSecrets = live.powensSecrets.filter(isSet);
  return [
    powensWebhookReader(powensSecrets),
    guideWebhookReader(powensSecrets),
    tinkWebhookReader(live.tinkSecrets.filter(isSet), { toleranceSeconds: live.tinkToleranceSeconds }),
  ];
};
