import type { FeedOptions, RecordedEvent } from '#kernel';
import { Flow } from './flow.js';
import { GATHER_MS, MAX_BATCH, MAX_BATCH_BYTES } from './batch-limits.js';
import type { LogTail } from './log-tail.js';
import type { FeedItem } from './supervise-feed.js';

/** A feed whose streams are silent hears how far the log was looked through: soon, but not of every event of others. */
const TELL_AFTER_MS = 30;
const TELL_EVERY_MS = 250;

/** One feed's way through the tail that it shares with others. */
export class TailFeed {
  readonly #flow: Flow;
  #place: number;
  #position: bigint | null;
  #behindSince: number | undefined;
  #toldAt = 0;
  #wake: () => void = () => undefined;

  /** @param after a position that the tail covers */
  constructor(
    readonly tail: LogTail,
    readonly options: FeedOptions,
    after: bigint | null,
  ) {
    this.#flow = new Flow(options.gatherMs);
    this.#place = tail.placeAfter(after);
    this.#position = after;
  }

  /** Ends when it has fallen behind the tail, when the tail has ended, or when aborted. @throws what broke the tail */
  async *items(signal: AbortSignal): AsyncGenerator<FeedItem> {
    const wake = () => this.#wake();
    const unwatch = this.tail.onChange(wake);
    signal.addEventListener('abort', wake);
    try {
      while (!signal.aborted && !this.tail.isGone(this.#place)) {
        const began = Date.now();
        const events = this.#take();
        this.#flow.note(events.length, began);
        if (events.length > 0) yield* this.#deliver(events, began);
        else if (this.tail.end) return this.#ended();
        else yield* this.#idle(began);
        if (this.#flow.isDense) await this.#gather(began + (this.options.gatherMs ?? GATHER_MS), signal);
      }
    } finally {
      signal.removeEventListener('abort', wake);
      unwatch();
    }
  }

  /** Up to which position it has delivered. */
  get position(): bigint | null {
    return this.#position;
  }

  #take(): readonly RecordedEvent[] {
    const { streamPrefixes, maxBatch = MAX_BATCH } = this.options;
    const events: RecordedEvent[] = [];
    let bytes = 0;
    while (events.length < maxBatch && bytes < MAX_BATCH_BYTES) {
      const next = this.tail.at(this.#place);
      if (!next) break;
      this.#place++;
      if (!streamPrefixes.some((prefix) => next.event.stream.startsWith(prefix))) continue;
      events.push(next.event);
      bytes += next.bytes;
    }
    return events;
  }

  *#deliver(events: readonly RecordedEvent[], now: number): Generator<FeedItem> {
    const seen = this.#isUpToDate ? this.tail.position : events.at(-1)?.position;
    if (seen === null || seen === undefined) return;
    this.#position = seen;
    this.#behindSince = undefined;
    this.#toldAt = now;
    yield { kind: 'batch', batch: { events, position: seen } };
  }

  get #isUpToDate(): boolean {
    return this.#place === this.tail.next;
  }

  /** Nothing of its own: says how far the log was looked through, or waits. */
  async *#idle(now: number): AsyncGenerator<FeedItem> {
    const { position } = this.tail;
    if (position === null || (this.#position !== null && position <= this.#position)) {
      return this.#sleep(TELL_EVERY_MS, () => true);
    }
    this.#behindSince ??= now;
    const waitMs = Math.max(this.#behindSince + TELL_AFTER_MS, this.#toldAt + TELL_EVERY_MS) - now;
    if (waitMs > 0) await this.#sleep(waitMs, () => true);
    else yield* this.#deliver([], now);
  }

  /** Until the time is over, or a whole batch may be here. */
  async #gather(until: number, signal: AbortSignal): Promise<void> {
    const isEnough = (): boolean =>
      this.tail.next - this.#place >= (this.options.maxBatch ?? MAX_BATCH) ||
      this.tail.end !== undefined ||
      signal.aborted;
    const leftMs = until - Date.now();
    if (leftMs > 0 && !isEnough()) await this.#sleep(leftMs, isEnough);
  }

  #ended(): void {
    const { failure = null } = this.tail.end ?? {};
    if (failure !== null) throw failure;
  }

  async #sleep(ms: number, isEnough: () => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        if (!isEnough()) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => undefined;
  }
}
