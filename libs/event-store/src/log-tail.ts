import type { RecordedEvent } from '#kernel';

/** How much is kept; up to twice as much is there before it is cut back. */
export interface TailLimits {
  readonly events: number;
  readonly bytes: number;
}

const LIMITS: TailLimits = { events: 8_192, bytes: 8 * 1024 * 1024 };

/**
 * The newest events of some streams in memory, as one subscription brings them, for all feeds of a process that have reached
 * the head. It waits for none of them: who falls behind its beginning reads for itself.
 */
export class LogTail {
  /** How many follow it. */
  users = 0;
  #events: RecordedEvent[] = [];
  #sizes: number[] = [];
  #bytes = 0;
  /** Place of the first event, counted from the first that was ever added. */
  #first = 0;
  /** Everything of these streams after it, and up to `#position`, is here. */
  #after: bigint | null;
  #position: bigint | null;
  #end: { readonly failure: unknown } | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(
    readonly prefixes: readonly string[],
    after: bigint | null,
    readonly limits: TailLimits = LIMITS,
  ) {
    this.#after = after;
    this.#position = after;
  }

  /** How far the log was looked through. */
  get position(): bigint | null {
    return this.#position;
  }

  /** Place of what comes next. */
  get next(): number {
    return this.#first + this.#events.length;
  }

  /** Set when nothing more comes; `failure` is `null` when that is as it should be. */
  get end(): { readonly failure: unknown } | undefined {
    return this.#end;
  }

  /** Whether nothing is missing between a position and here. */
  covers(position: bigint | null): boolean {
    return this.#after === null || (position !== null && position >= this.#after);
  }

  /** Place of the first event after a position that is covered. */
  placeAfter(position: bigint | null): number {
    if (position === null) return this.#first;
    const index = this.#events.findLastIndex((event) => event.position <= position);
    return this.#first + index + 1;
  }

  /** The event at a place and its share of the bytes; `undefined` where none is yet. */
  at(place: number): { readonly event: RecordedEvent; readonly bytes: number } | undefined {
    const [event, bytes] = [this.#events[place - this.#first], this.#sizes[place - this.#first]];
    return event && bytes !== undefined ? { event, bytes } : undefined;
  }

  isGone(place: number): boolean {
    return place < this.#first;
  }

  add(events: readonly RecordedEvent[], position: bigint, bytes: number): void {
    for (const event of events) {
      this.#events.push(event);
      this.#sizes.push(bytes / events.length);
    }
    this.#bytes += events.length > 0 ? bytes : 0;
    this.#position = position;
    const { limits } = this;
    if (this.#events.length > 2 * limits.events || this.#bytes > 2 * limits.bytes) this.#trim();
    this.#tell();
  }

  close(failure: unknown = null): void {
    this.#end ??= { failure };
    this.#tell();
  }

  /** Calls `listener` on every change; returns how to end that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #trim(): void {
    let from = this.#events.length;
    let bytes = 0;
    while (from > 0 && this.#events.length - from < this.limits.events) {
      bytes += this.#sizes[from - 1] ?? 0;
      if (bytes > this.limits.bytes) break;
      from--;
    }
    this.#after = this.#events[from - 1]?.position ?? this.#after;
    this.#events = this.#events.slice(from);
    this.#sizes = this.#sizes.slice(from);
    this.#bytes = this.#sizes.reduce((sum, size) => sum + size, 0);
    this.#first += from;
  }
}
