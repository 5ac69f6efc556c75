import type { EventStore } from '#event-store';
import { errorText } from '#kernel';
import type { DoorConfig, Logger } from '#platform';
import { type WebhookReader, webhookReaders } from '#providers';
import type { Vault } from '#vault';
import { isKeyOfLog } from './key-proof.js';
import { RegisteredSecrets } from './registered-secrets.js';

const REFRESH_MS = 2_000;

export const WRONG_KEY =
  'does not open what this event log was sealed with. Give the key that was used before; to replace it, put the new one first and the old one behind it, separated by a comma';

export interface LiveSecretsOptions {
  readonly config: Pick<DoorConfig, 'powens' | 'tink'>;
  readonly store: Pick<EventStore, 'readStream'>;
  readonly vault: Pick<Vault, 'open'>;
  readonly logger: Logger;
  /** Between two looks at the log (default 2 s). */
  readonly everyMs?: number | undefined;
}

/**
 * The readers under all secrets that are live: those of the environment, and those that were registered at a provider and
 * stand sealed in the log. A new one is live within seconds; while the log is away the last known ones are.
 */
export class LiveSecrets {
  readonly #options: LiveSecretsOptions;
  readonly #powens: RegisteredSecrets;
  readonly #tink: RegisteredSecrets;
  #readers: Readonly<Record<WebhookReader['provider'], readonly WebhookReader[]>>;
  #isRead = false;
  #isKeyRight: boolean | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: LiveSecretsOptions) {
    this.#options = options;
    this.#powens = new RegisteredSecrets('powens', options.vault);
    this.#tink = new RegisteredSecrets('tink', options.vault);
    this.#readers = this.#makeReaders();
  }

  readers(provider: WebhookReader['provider']): readonly WebhookReader[] {
    return this.#readers[provider];
  }

  /** Whether there is no secret that we do not know: the log was read, and every one in it could be opened. */
  get areComplete(): boolean {
    return this.#isRead && this.#unopened().length === 0;
  }

  /** Whether the encryption key is known not to be that of the log. */
  get isKeyWrong(): boolean {
    return this.#isKeyRight === false;
  }

  /** In words, for readiness; `null`: all is well. */
  get problem(): string | null {
    if (this.isKeyWrong) return `ENCRYPTION_KEY ${WRONG_KEY}`;
    if (!this.#isRead) return 'the registered webhook secrets were not read yet';
    const unopened = this.#unopened();
    if (unopened.length === 0) return null;
    return `no key of ENCRYPTION_KEY opens the registered webhook secret ${unopened.join(', ')}`;
  }

  /** Reads what is new. @throws {EventStoreUnavailable} what is known stays */
  async refresh(): Promise<void> {
    const { store, vault } = this.#options;
    if (this.#isKeyRight !== true) this.#isKeyRight = await isKeyOfLog(store, vault);
    const news = [await this.#powens.refresh(store), await this.#tink.refresh(store)];
    this.#isRead = true;
    if (news.includes(true)) this.#readers = this.#makeReaders();
  }

  /** Goes on reading until it is stopped. */
  follow(): void {
    this.#timer = setTimeout(
      () => void this.#refreshAndFollow(),
      this.#options.everyMs ?? REFRESH_MS,
    ).unref();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #refreshAndFollow(): Promise<void> {
    try {
      await this.refresh();
    } catch (error) {
      this.#options.logger.debug(`The registered webhook secrets could not be read: ${errorText(error)}`);
    }
    if (!this.#isStopped) this.follow();
  }

  #unopened(): readonly string[] {
    return [...this.#powens.unopened, ...this.#tink.unopened];
  }

  #makeReaders(): Record<WebhookReader['provider'], readonly WebhookReader[]> {
    const { powens, tink } = this.#options.config;
    const readers = webhookReaders({
      powensSecrets: [...powens.webhookSecrets.map((secret) => secret.reveal()), ...this.#powens.secrets],
      tinkSecrets: [...tink.webhookSecrets.map((secret) => secret.reveal()), ...this.#tink.secrets],
      tinkToleranceSeconds: tink.webhookToleranceSeconds,
    });
    const of = (provider: WebhookReader['provider']): readonly WebhookReader[] =>
      readers.filter((reader) => reader.provider === provider);
    return { powens: of('powens'), tink: of('tink') };
  }
}
