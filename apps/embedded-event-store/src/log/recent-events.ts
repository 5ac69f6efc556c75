import type { StoredEvent } from './stored-event.js';

const MAX_EVENTS = 1_024;
const MAX_BYTES = 4 * 1024 * 1024;

const sizeOf = (event: StoredEvent) => event.data.length + event.metadata.length;

/** The end of the log in memory, so that live subscriptions need no query each for every commit. */
export class RecentEvents {
  #events: StoredEvent[] = [];
  #bytes = 0;

  add(events: readonly StoredEvent[]): void {
    for (const event of events) {
      this.#events.push(event);
      this.#bytes += sizeOf(event);
    }
    if (this.#events.length > 2 * MAX_EVENTS || this.#bytes > 2 * MAX_BYTES) this.#trim();
  }

  /** Up to `limit` events after a position; undefined when memory does not reach back to it. */
  after(position: number, limit: number): readonly StoredEvent[] | undefined {
    const first = this.#events[0];
    if (first === undefined || first.position > position + 1) return undefined;
    const from = position + 1 - first.position;
    return this.#events.slice(from, from + limit);
  }

  clear(): void {
    this.#events = [];
    this.#bytes = 0;
  }

  #trim(): void {
    let from = this.#events.length;
    let bytes = 0;
    while (from > 0 && this.#events.length - from < MAX_EVENTS) {
      const event = this.#events[from - 1];
      if (event === undefined || bytes + sizeOf(event) > MAX_BYTES) break;
      bytes += sizeOf(event);
      from--;
    }
    this.#events = this.#events.slice(from);
    this.#bytes = bytes;
  }
}
