import type { PublicEvent, PublicEventName } from '#contracts';
import { StopFeed } from '#kernel';
import type { EventPublisher } from './event-publisher.js';
import { resumePosition } from './resume-position.js';

/**
 * Publishes the events of some names in the order of the log. An acknowledgement of NATS is not a disk flush: a server
 * that lost power may come back without what it had acknowledged. So after each reconnection the last published
 * position is looked up again; when it went back, the feed is stopped, and its next start begins where the stream ends.
 */
export class OrderedPublisher {
  readonly #events: EventPublisher;
  readonly #names: readonly PublicEventName[];
  #verifiedAt = -1;
  #last: bigint | null = null;

  constructor(events: EventPublisher, names: readonly PublicEventName[]) {
    this.#events = events;
    this.#names = names;
  }

  /** Where to go on: the smaller of the checkpoint and the last position found in the stream. */
  async resumeFrom(checkpoint: bigint | null): Promise<bigint | null> {
    const { reconnections } = this.#events;
    const found = await this.#events.lastPublishedPosition(this.#names);
    this.#last = found.kind === 'position' ? found.position : null;
    this.#verifiedAt = reconnections;
    return resumePosition(found, checkpoint);
  }

  /**
   * Resolves once JetStream has the event.
   * @throws {StopFeed} NATS lost what it had acknowledged: start again from {@link resumeFrom}
   * @throws {NatsUnavailable} publish the same event again
   */
  async publish(event: PublicEvent, position: bigint): Promise<void> {
    await this.#verify();
    await this.#events.publish(event, position);
    this.#last = position;
  }

  async #verify(): Promise<void> {
    const { reconnections } = this.#events;
    if (reconnections === this.#verifiedAt) return;
    const found = await this.#events.lastPublishedPosition(this.#names);
    const isThere = this.#last === null || (found.kind === 'position' && found.position >= this.#last);
    if (!isThere) {
      throw new StopFeed(
        `NATS came back without the events up to position ${this.#last} that it had acknowledged; they are published again.`,
      );
    }
    this.#verifiedAt = reconnections;
  }
}
