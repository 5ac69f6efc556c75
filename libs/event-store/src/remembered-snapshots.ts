import type { Snapshot, SnapshotCache } from './fold.js';

const DEFAULT_LIMIT = 512;

/**
 * Remembers in this process the newest state of the streams that were folded or written last, in front of a cache that
 * lasts. It is no truth: who reads goes on from it with what the log has beyond, who writes expects its revision.
 */
export class RememberedSnapshots implements SnapshotCache {
  readonly #behind: SnapshotCache;
  readonly #isRemembered: (stream: string) => boolean;
  readonly #limit: number;
  /** Least recently used first. */
  readonly #streams = new Map<string, Snapshot>();

  /**
   * @param categories whose streams are remembered: long-lived ones that are never deleted, since an append to a deleted stream
   *   may succeed at the revision that it had before
   * @param limit greatest number of streams
   */
  constructor(behind: SnapshotCache, categories: readonly string[], limit = DEFAULT_LIMIT) {
    const prefixes = categories.map((category) => `${category}-`);
    this.#behind = behind;
    this.#isRemembered = (stream) => prefixes.some((prefix) => stream.startsWith(prefix));
    this.#limit = limit;
  }

  recall(stream: string): Snapshot | null {
    const known = this.#streams.get(stream);
    if (!known) return null;
    this.#streams.delete(stream);
    this.#streams.set(stream, known);
    return known;
  }

  async load(stream: string): Promise<Snapshot | null> {
    return this.recall(stream) ?? (await this.#behind.load(stream));
  }

  async save(stream: string, revision: bigint, state: unknown): Promise<void> {
    await this.#behind.save(stream, revision, state);
    this.remember(stream, { revision, state });
  }

  remember(stream: string, snapshot: Snapshot): void {
    if (!this.#isRemembered(stream)) return;
    this.#streams.delete(stream);
    this.#streams.set(stream, snapshot);
    const [oldest] = this.#streams.keys();
    if (this.#streams.size > this.#limit && oldest !== undefined) this.#streams.delete(oldest);
  }
}
