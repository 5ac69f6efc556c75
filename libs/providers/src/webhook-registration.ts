import type { Secret } from '#kernel';
import type { ProviderName } from './bank-provider.js';

/** What the provider signs webhooks for or with, as its own list tells it: no secret is in it. */
export interface RegisteredWebhook {
  /** The provider's id: of Powens' auth provider, of Tink's webhook endpoint. */
  readonly externalId: string;
  /** The name that it was given; `null` when it has none. */
  readonly name: string | null;
  /** Where the provider sends what it signs; `null` where that is said in the provider's console. */
  readonly url: string | null;
}

export interface NewWebhook extends RegisteredWebhook {
  /** Told this once, and never again: store it before telling anybody of a success. */
  readonly secret: Secret;
}

export interface WantedWebhook {
  /** Unique at the provider; 1 to 20 letters and digits. */
  readonly name: string;
  /** Where the provider is to send; of no use to Powens, whose console says it. */
  readonly url: string;
}

/** Makes a provider sign its webhooks with a secret of its own making. Every method throws {@link ProviderError} only. */
export interface WebhookRegistrar {
  readonly provider: ProviderName;
  list(): Promise<readonly RegisteredWebhook[]>;
  /**
   * Sent once. When its answer is lost, what it may have made is looked up by its name and removed: nobody will ever know
   * its secret.
   */
  create(wanted: WantedWebhook): Promise<NewWebhook>;
  /** Lets what was created sign, once its secret is stored and known to whoever verifies; harmless when it does already. */
  activate(externalId: string): Promise<void>;
  /** Already gone counts as done. */
  remove(externalId: string): Promise<void>;
  close(): Promise<void>;
}
