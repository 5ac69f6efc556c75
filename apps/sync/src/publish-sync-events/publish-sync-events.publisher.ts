import type { PublicEventName } from '#contracts';
import { ledger, sync } from '#domain';
import type { RecordedEvent } from '#kernel';
import { type EventPublisher, OrderedPublisher } from '#messaging';
import type { Reactor } from '#read-model';
import { publicFormOf } from './public-form.js';

const NAMES: readonly PublicEventName[] = [
  'transactions.imported',
  'transactions.amended',
  'transactions.removed',
  'balance.observed',
  'sync.completed',
  'sync.failed',
];

/** Tells the other services what the log says of runs and ledgers, in its order, one publish in flight. */
export class PublishSyncEventsPublisher {
  readonly name = 'publish_sync_events';
  readonly #publisher: OrderedPublisher;

  constructor(events: EventPublisher) {
    this.#publisher = new OrderedPublisher(events, NAMES);
  }

  get reactor(): Reactor {
    return {
      name: this.name,
      streamPrefixes: [`${ledger.category}-`, `${sync.category}-`],
      react: (event) => this.react(event),
      resumeFrom: (checkpoint) => this.#publisher.resumeFrom(checkpoint),
    };
  }

  async react(recorded: RecordedEvent): Promise<void> {
    const event = publicFormOf(recorded);
    if (event) await this.#publisher.publish(event, recorded.position);
  }
}
