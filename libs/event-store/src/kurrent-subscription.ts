import {
  type AllStreamResolvedEvent,
  type AllStreamSubscription,
  type KurrentDBClient,
  START,
  streamNameFilter,
} from '@kurrent/kurrentdb-client';
import type { RecordedEvent } from '#kernel';
import { toRecordedEvent } from './kurrent-record.js';
import { roughSize } from './rough-size.js';

/** What a subscription delivers, in the order of the log. */
export type SubscriptionMessage =
  | { readonly kind: 'event'; readonly event: RecordedEvent; readonly bytes: number }
  /** Everything up to this position was looked at. */
  | { readonly kind: 'seen'; readonly position: bigint }
  | { readonly kind: 'confirmed' }
  | { readonly kind: 'caught-up' };

/** Messages that the client may hold in front of us, on each side of its converter. */
const CLIENT_BUFFER = 16;
/** What is converted and waits for its reader: with it a batch gathers while the handler is busy with the last one. */
const BUFFER_BYTES = 2 * 1024 * 1024;
/** Times the server's search window of 32 events: a checkpoint for every 256 events that were looked at. */
const CHECKPOINT_INTERVAL = 8;

/** Marks inside the client's own stream of events, so that they keep their place among them. */
class Mark {
  constructor(readonly message: SubscriptionMessage) {}
}

const toMessage = (item: AllStreamResolvedEvent | Mark): SubscriptionMessage | undefined => {
  if (item instanceof Mark) return item.message;
  const event = toRecordedEvent(item.event);
  if (event) return { kind: 'event', event, bytes: roughSize(event.data) };
  const position = item.event?.position.commit ?? item.commitPosition;
  return position === undefined ? undefined : { kind: 'seen', position };
};

/** One subscription to `$all`, read on demand; it does not survive an error. */
export class KurrentSubscription {
  readonly #subscription: AllStreamSubscription;
  readonly #buffer: SubscriptionMessage[] = [];
  #bufferedBytes = 0;
  #failure: { readonly error: unknown } | undefined;
  readonly #bufferEvents: number;
  #wake: () => void = () => undefined;

  /** @param bufferEvents how many events may wait here: as many as its reader takes at once */
  constructor(
    client: KurrentDBClient,
    after: bigint | null,
    streamPrefixes: readonly string[],
    bufferEvents: number,
  ) {
    this.#bufferEvents = bufferEvents;
    const mark = (message: SubscriptionMessage) => this.#subscription.push(new Mark(message));
    this.#subscription = client.subscribeToAll(
      {
        fromPosition: after === null ? START : { commit: after, prepare: after },
        filter: streamNameFilter({
          prefixes: [...streamPrefixes],
          checkpointInterval: CHECKPOINT_INTERVAL,
          checkpointReached: (_, position) => void mark({ kind: 'seen', position: position.commit }),
        }),
      },
      { highWaterMark: CLIENT_BUFFER },
    );
    this.#subscription.on('confirmation', () => mark({ kind: 'confirmed' }));
    this.#subscription.on('caughtUp', () => mark({ kind: 'caught-up' }));
    this.#subscription.on('readable', () => this.#fill());
    // A broken subscription says `error` and never ends or closes.
    this.#subscription.on('error', (error: unknown) => this.#fail(error));
    for (const event of ['end', 'close']) {
      this.#subscription.on(event, () => this.#fail(new Error('The event store ended the subscription.')));
    }
  }

  /** The next message that is already here; `undefined` now does not mean none in a moment. What came before a failure is still delivered. */
  read(): SubscriptionMessage | undefined {
    const message = this.#buffer.shift();
    if (message?.kind === 'event') this.#bufferedBytes -= message.bytes;
    if (this.#buffer.length === 0) this.#fill();
    if (!message && this.#buffer.length === 0 && this.#failure) throw this.#failure.error;
    return message;
  }

  get hasMore(): boolean {
    return this.#failure !== undefined || this.#buffer.length > 0 || this.#subscription.readableLength > 0;
  }

  /** Resolves when something may be there to read, or when `ms` are over, or when woken. */
  async wait(ms: number): Promise<void> {
    if (!this.hasMore) await this.#sleep(ms);
  }

  /** Resolves when a full batch is here, at `until` (ms since 1970), or when the subscription broke or `signal` is aborted. */
  async gather(until: number, signal: AbortSignal): Promise<void> {
    this.#fill();
    while (this.#hasRoom && !this.#failure && !signal.aborted) {
      const leftMs = until - Date.now();
      if (leftMs <= 0) return;
      await this.#sleep(leftMs);
    }
  }

  wake(): void {
    this.#wake();
  }

  async close(): Promise<void> {
    // Rejects when the call could never be opened; then there is nothing to release.
    await this.#subscription.unsubscribe().catch(() => undefined);
    this.#subscription.destroy();
  }

  get #hasRoom(): boolean {
    return this.#buffer.length < this.#bufferEvents && this.#bufferedBytes < BUFFER_BYTES;
  }

  async #sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Takes what the client has, up to the limits; what stays there holds the server back. */
  #fill(): void {
    try {
      while (this.#hasRoom) {
        const item = this.#subscription.read() as AllStreamResolvedEvent | Mark | null;
        if (item === null) break;
        const message = toMessage(item);
        if (message) this.#buffer.push(message);
        if (message?.kind === 'event') this.#bufferedBytes += message.bytes;
      }
    } catch (error) {
      this.#fail(error);
    }
    if (this.#buffer.length > 0) this.#wake();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }
}
