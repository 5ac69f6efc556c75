import { type WebhookKeysEvent, type WebhookKeysState, liveWebhookKeys, webhookKeys } from '#domain';
import type { EventStore } from '#event-store';
import { streamOf } from '#kernel';
import { asSealed, type Vault } from '#vault';

/** The webhook secrets that were registered at one provider, as far as the log was read. */
export class RegisteredSecrets {
  #state: WebhookKeysState = webhookKeys.initialState;
  #next = 0n;
  #opened: ReadonlyMap<string, string> = new Map();
  #unopened: readonly string[] = [];

  constructor(
    readonly provider: string,
    readonly vault: Pick<Vault, 'open'>,
  ) {}

  /** The live ones that could be opened. */
  get secrets(): readonly string[] {
    return [...this.#opened.values()];
  }

  /** Fingerprints of live ones that no key of ours opens. */
  get unopened(): readonly string[] {
    return this.#unopened;
  }

  /**
   * Reads what is new.
   * @returns whether there was something
   * @throws {EventStoreUnavailable} what is known stays
   */
  async refresh(store: Pick<EventStore, 'readStream'>): Promise<boolean> {
    const before = this.#next;
    let state = this.#state;
    let next = this.#next;
    for await (const { type, data, revision } of store.readStream(
      streamOf(webhookKeys.category, this.provider),
      { from: next },
    )) {
      if (webhookKeys.events.some((name) => name === type)) {
        state = webhookKeys.evolve(state, { type, data } as WebhookKeysEvent);
      }
      next = revision + 1n;
    }
    this.#state = state;
    this.#next = next;
    if (next === before) return false;
    this.#open();
    return true;
  }

  #open(): void {
    const opened = new Map<string, string>();
    const unopened: string[] = [];
    for (const { fingerprint, sealedSecret } of liveWebhookKeys(this.#state)) {
      try {
        opened.set(fingerprint, this.vault.open(asSealed(sealedSecret)).reveal());
      } catch {
        unopened.push(fingerprint);
      }
    }
    this.#opened = opened;
    this.#unopened = unopened;
  }
}
