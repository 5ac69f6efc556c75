import { createHash } from 'node:crypto';
import { delivery, type ReceiveWebhook } from '#domain';
import { type EventStore, WrongExpectedRevision } from '#event-store';
import { type CorrelationScope, type EventMetadata, streamOf } from '#kernel';
import type { WebhookReader, WebhookRequest, WebhookVerdict } from '#providers';
import { v7 } from 'uuid';

export type Admission =
  | { readonly kind: 'rejected'; readonly reason: string }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'accepted' | 'duplicate'; readonly scheme: string; readonly deliveryId: string };

/** An answer must not wait for a log that does not answer: the provider delivers again. */
const APPEND_WITHIN_MS = 3_000;

type Verified = Extract<WebhookVerdict, { kind: 'verified' }>;

/** Verifies, appends, and says what to answer; nothing else happens while a provider waits. */
export class WebhookDoor {
  readonly #store: Pick<EventStore, 'append'>;
  readonly #scope: CorrelationScope;
  readonly #readers: readonly WebhookReader[];

  /** @param readers one per live scheme; the first that accepts a request decides */
  constructor(store: Pick<EventStore, 'append'>, scope: CorrelationScope, readers: readonly WebhookReader[]) {
    this.#store = store;
    this.#scope = scope;
    this.#readers = readers;
  }

  /** @throws {EventStoreUnavailable} not stored, as far as we know: to be delivered again */
  async admit(provider: WebhookReader['provider'], request: WebhookRequest): Promise<Admission> {
    const verdict = this.#read(provider, request);
    if (verdict.kind === 'rejected') return verdict;
    if (verdict.notice.kind === 'nothing-to-do') return { kind: 'ignored' };
    const deliveryId = `${provider}_${verdict.deliveryKey ?? v7()}`;
    const stored = await this.#keep(deliveryId, commandOf(deliveryId, provider, verdict, request));
    return { kind: stored ? 'accepted' : 'duplicate', scheme: verdict.scheme, deliveryId };
  }

  #read(provider: WebhookReader['provider'], request: WebhookRequest): WebhookVerdict {
    const verdicts = this.#readers
      .filter((reader) => reader.provider === provider)
      .map((reader) => reader.read(request));
    return (
      verdicts.find(({ kind }) => kind === 'verified') ??
      verdicts.find((verdict) => verdict.kind === 'rejected' && verdict.reason !== 'missing-signature') ??
      verdicts[0] ?? { kind: 'rejected', reason: 'missing-signature' }
    );
  }

  /** `false`: this very delivery is stored already. */
  async #keep(deliveryId: string, command: ReceiveWebhook): Promise<boolean> {
    const metadata = this.#metadata(command.provider);
    const news = delivery.decide(command, delivery.initialState).map((event) => ({ ...event, metadata }));
    try {
      const stream = streamOf(delivery.category, deliveryId);
      await this.#store.append(stream, 'no-stream', news, { timeoutMs: APPEND_WITHIN_MS });
      return true;
    } catch (error) {
      if (error instanceof WrongExpectedRevision) return false;
      throw error;
    }
  }

  #metadata(provider: string): EventMetadata {
    const { correlationId, causationId, traceparent } = this.#scope.current();
    const actor = `webhook:${provider}`;
    return { commandId: v7(), correlationId, causationId, traceparent, actor, tenantId: null };
  }
}

const commandOf = (
  deliveryId: string,
  provider: string,
  { scheme, secretFingerprint, signedAt, notice }: Verified,
  { path, rawBody, receivedAt }: WebhookRequest,
): ReceiveWebhook => ({
  type: 'ReceiveWebhook',
  deliveryId,
  provider,
  scheme,
  secretFingerprint,
  notice,
  path,
  signedAt,
  sealedBody: null,
  bodyBytes: rawBody.byteLength,
  bodySha256: createHash('sha256').update(rawBody).digest('hex'),
  receivedAt,
});
