import {
  liveWebhookKeys,
  type WebhookKey,
  type WebhookKeysCommand,
  webhookKeys,
  type WebhookKeysState,
} from '#domain';
import { type EventStore, fold, KurrentEventStore, runDecider } from '#event-store';
import { correlation } from '#platform';
import { type NewWebhook, type ProviderName, secretFingerprint } from '#providers';
import { eventMetadata, openVault } from '#service';
import type { Vault } from '#vault';
import type { Installation } from '../installation.js';

/** The registered webhook secrets of this installation: sealed in the log, where the door finds them. */
export class KeyBook {
  private constructor(
    private readonly store: EventStore,
    private readonly vault: Vault,
  ) {}

  /** Opened before anything is made at a provider: what cannot be stored must not be made. @throws {ConfigError} */
  static async open(installation: Installation): Promise<KeyBook> {
    const { eventStoreUrl } = installation.addresses('eventStoreUrl');
    const store = new KurrentEventStore(eventStoreUrl);
    try {
      const { encryptionKey } = installation;
      return new KeyBook(store, await openVault({ config: { encryptionKey }, store }));
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  async all(provider: ProviderName): Promise<readonly WebhookKey[]> {
    return (await this.state(provider)).keys;
  }

  async live(provider: ProviderName): Promise<readonly WebhookKey[]> {
    return liveWebhookKeys(await this.state(provider));
  }

  /** Resolves when it is stored; its fingerprint. */
  async add(provider: ProviderName, { secret, ...made }: NewWebhook, name: string): Promise<string> {
    const fingerprint = secretFingerprint(secret.reveal());
    const { externalId, url } = made;
    await this.decide(provider, {
      type: 'AddWebhookSecret',
      provider,
      name,
      externalId,
      url,
      fingerprint,
      sealedSecret: this.vault.seal(secret),
      now: new Date().toISOString(),
    });
    return fingerprint;
  }

  async retire(provider: ProviderName, fingerprint: string): Promise<void> {
    await this.decide(provider, { type: 'RetireWebhookSecret', fingerprint, now: new Date().toISOString() });
  }

  close(): Promise<void> {
    return this.store.close();
  }

  private async state(provider: ProviderName): Promise<WebhookKeysState> {
    return (await fold({ store: this.store }, webhookKeys, provider)).state;
  }

  private async decide(provider: ProviderName, command: WebhookKeysCommand): Promise<void> {
    const metadata = { ...eventMetadata(correlation, null), actor: 'cli' };
    await runDecider({ store: this.store }, webhookKeys, provider, command, { metadata });
  }
}

/** Work with the book and leave nothing open. */
export const withKeyBook = async <T>(
  installation: Installation,
  work: (book: KeyBook) => Promise<T>,
): Promise<T> => {
  const book = await KeyBook.open(installation);
  try {
    return await work(book);
  } finally {
    await book.close();
  }
};
