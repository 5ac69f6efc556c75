import { createHash, randomUUID } from 'node:crypto';
import { delivery, type ReceiveWebhook } from '#domain';
import { type EventStore, WrongExpectedRevision } from '#event-store';
import { type CorrelationScope, type EventMetadata, streamOf } from '#kernel';
import type { WebhookHead, WebhookReader, WebhookRefusal, WebhookRequest, WebhookVerdict } from '#providers';
import { v7 } from 'uuid';

export type Provider = WebhookReader['provider'];

export type Verified = Extract<WebhookVerdict, { kind: 'verified' }>;

export type Admission =
  | { readonly kind: 'ignored' }
  | { readonly kind: 'accepted' | 'duplicate'; readonly scheme: string; readonly deliveryId: string };

/** An answer must not wait for a log that does not answer: the provider delivers again. */
const APPEND_WITHIN_MS = 3_000;
/** Larger bodies are not stored: the notice, the size and the hash are. */
const STORED_BODY = 256 * 1024;

const MISSING: WebhookRefusal = { kind: 'rejected', reason: 'missing-signature' };

export interface DoorOptions {
  readonly store: Pick<EventStore, 'append'>;
  readonly scope: CorrelationScope;
  /** One per live scheme, as of now; the first that accepts a request decides. */
  readonly readers: (provider: Provider) => readonly WebhookReader[];
  /** Seals what is stored of a body. */
  readonly seal: (body: Uint8Array) => string;
}

/** Verifies and appends; nothing else happens while a provider waits. */
export class WebhookDoor {
  readonly #options: DoorOptions;

  constructor(options: DoorOptions) {
    this.#options = options;
  }

  /** What the head alone condemns, whatever the body may be; `null`: the body decides. */
  refusal(provider: Provider, head: WebhookHead): WebhookRefusal | null {
    const refusals: WebhookRefusal[] = [];
    for (const reader of this.#options.readers(provider)) {
      const refusal = reader.refusal(head);
      if (refusal === null) return null;
      refusals.push(refusal);
    }
    return worst(refusals);
  }

  verify(provider: Provider, request: WebhookRequest): WebhookVerdict {
    const refusals: WebhookRefusal[] = [];
    for (const reader of this.#options.readers(provider)) {
      const verdict = reader.read(request);
      if (verdict.kind === 'verified') return verdict;
      refusals.push(verdict);
    }
    return worst(refusals);
  }

  /**
   * Stores a verified delivery, once.
   * @throws {EventStoreUnavailable} not stored, as far as we know: to be delivered again
   */
  async admit(provider: Provider, verdict: Verified, request: WebhookRequest): Promise<Admission> {
    if (verdict.notice.kind === 'nothing-to-do') return { kind: 'ignored' };
    const deliveryId = `${provider}_${verdict.deliveryKey ?? v7()}`;
    const stored = await this.#keep(this.#commandOf(deliveryId, provider, verdict, request));
    return { kind: stored ? 'accepted' : 'duplicate', scheme: verdict.scheme, deliveryId };
  }

  /** `false`: this very delivery is stored already. */
  async #keep(command: ReceiveWebhook): Promise<boolean> {
    const metadata = this.#metadata(command.provider);
    const news = delivery.decide(command, delivery.initialState).map((event) => ({ ...event, metadata }));
    try {
      const stream = streamOf(delivery.category, command.deliveryId);
      await this.#options.store.append(stream, 'no-stream', news, { timeoutMs: APPEND_WITHIN_MS });
      return true;
    } catch (error) {
      if (error instanceof WrongExpectedRevision) return false;
      throw error;
    }
  }

  #metadata(provider: string): EventMetadata {
    const { correlationId, causationId, traceparent } = this.#options.scope.current();
    const actor = `webhook:${provider}`;
    return { commandId: randomUUID(), correlationId, causationId, traceparent, actor, tenantId: null };
  }

  #commandOf(
    deliveryId: string,
    provider: string,
    { scheme, secretFingerprint, signedAt, notice }: Verified,
    { path, rawBody, receivedAt }: WebhookRequest,
  ): ReceiveWebhook {
    return {
      type: 'ReceiveWebhook',
      deliveryId,
      provider,
      scheme,
      secretFingerprint,
      notice,
      path,
      signedAt,
      sealedBody: rawBody.byteLength <= STORED_BODY ? this.#options.seal(rawBody) : null,
      bodyBytes: rawBody.byteLength,
      bodySha256: createHash('sha256').update(rawBody).digest('hex'),
      receivedAt,
    };
  }
}

/** A signature that is wrong says more than one that is not there: that of another scheme. */
const worst = (refusals: readonly WebhookRefusal[]): WebhookRefusal =>
  refusals.find(({ reason }) => reason !== 'missing-signature') ?? MISSING;
