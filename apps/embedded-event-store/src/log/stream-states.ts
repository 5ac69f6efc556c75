import type { EventTable } from './event-table.js';
import { describedStreamOf, metadataStreamOf, NO_STREAM, TOMBSTONE } from './stored-event.js';
import {
  METADATA_OF_METADATA_STREAM,
  NO_METADATA,
  parseStreamMetadata,
  type StreamMetadata,
} from './stream-metadata.js';

const CAPACITY = 5_000;

export interface StreamState {
  /** Last revision; {@link NO_STREAM} without events, {@link TOMBSTONE} once tombstoned. */
  last: number;
  readonly metadata: StreamMetadata;
  readonly hasMetadata: boolean;
}

/** Last revision and metadata of the streams in use, pending writes included; the rest is looked up when needed. */
export class StreamStates {
  readonly #states = new Map<string, StreamState>();

  constructor(private readonly table: EventTable) {}

  of(stream: string): StreamState {
    let state = this.#states.get(stream);
    if (state === undefined) {
      state = this.#load(stream);
      if (this.#states.size >= CAPACITY) this.#forgetOldest();
    } else {
      this.#states.delete(stream);
    }
    this.#states.set(stream, state);
    return state;
  }

  forget(stream: string): void {
    this.#states.delete(stream);
  }

  clear(): void {
    this.#states.clear();
  }

  #load(stream: string): StreamState {
    const described = describedStreamOf(stream);
    if (described !== null) {
      const deleted = this.of(described).last === TOMBSTONE;
      const last = deleted ? TOMBSTONE : this.table.lastRevisionOf(stream);
      return { last, metadata: METADATA_OF_METADATA_STREAM, hasMetadata: false };
    }
    const metadata = this.table.lastOf(metadataStreamOf(stream));
    return {
      last: this.table.lastRevisionOf(stream),
      metadata: metadata === undefined ? NO_METADATA : parseStreamMetadata(metadata.data),
      hasMetadata: metadata !== undefined,
    };
  }

  #forgetOldest(): void {
    for (const stream of this.#states.keys()) {
      this.#states.delete(stream);
      return;
    }
  }
}

/** Lowest revision that a read may show, and the oldest instant (ms). */
export const visibleFrom = (state: StreamState, now: number) => {
  const { maxCount, maxAgeSeconds, truncateBefore } = state.metadata;
  const byCount = maxCount === undefined || state.last === NO_STREAM ? 0 : state.last - maxCount + 1;
  return {
    lowest: Math.max(0, truncateBefore ?? 0, byCount),
    createdFrom: maxAgeSeconds === undefined ? 0 : now - maxAgeSeconds * 1_000,
  };
};
