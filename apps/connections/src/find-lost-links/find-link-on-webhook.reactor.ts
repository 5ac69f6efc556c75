import { COMMAND_SUBJECTS, type FindLinkMessage, PROVIDERS } from '#contracts';
import { connection, type ConnectionEvent, delivery, type DeliveryEvent, type WebhookParked } from '#domain';
import { type CorrelationScope, isUuid, type RecordedEvent } from '#kernel';
import type { CommandPublisher } from '#messaging';
import type { Reactor } from '#read-model';
import { inStoryOf } from '#service';
import type { LinkPageUsers } from './link-page-users.js';

/** While deliveries come densely: one look at the provider answers for all that it tells of a link meanwhile. */
const GATHER_MS = 1_000;

const startedBy = ({ type, data }: RecordedEvent) => {
  const event = { type, data } as ConnectionEvent;
  return event.type === 'LinkStarted' ? event.data : undefined;
};

const parkedBy = ({ type, data }: RecordedEvent): WebhookParked['data'] | undefined => {
  const event = { type, data } as DeliveryEvent;
  return event.type === 'WebhookParked' ? event.data : undefined;
};

const providerOf = ({ provider }: WebhookParked['data']) => PROVIDERS.find((name) => name === provider);

/**
 * A webhook about a link that we do not know, of a user whom we made a link page for: the person has linked the bank, and may
 * never come back to say so. The link is looked for at once, by a durable command. Pages and webhooks are read in the order of
 * the log, so the page is always known before what came of it.
 */
export class FindLinkOnWebhookReactor {
  readonly name = 'find_link_on_webhook';
  readonly #users: Pick<LinkPageUsers, 'note' | 'connectionsOf'>;
  readonly #commands: Pick<CommandPublisher, 'publish'>;
  readonly #scope: CorrelationScope;

  constructor(
    users: Pick<LinkPageUsers, 'note' | 'connectionsOf'>,
    commands: Pick<CommandPublisher, 'publish'>,
    scope: CorrelationScope,
  ) {
    this.#users = users;
    this.#commands = commands;
    this.#scope = scope;
  }

  get reactor(): Reactor {
    return {
      name: this.name,
      streamPrefixes: [`${delivery.category}-`, `${connection.category}-`],
      gatherMs: GATHER_MS,
      isOfInterest: (event) => startedBy(event) !== undefined || parkedBy(event) !== undefined,
      reactBatch: (events) => this.reactBatch(events),
    };
  }

  async reactBatch(events: readonly RecordedEvent[]): Promise<void> {
    const asked = new Set<string>();
    for (const recorded of events) {
      const page = startedBy(recorded);
      if (page) await this.#users.note(page.providerUserId, page.connectionId);
      const parked = parkedBy(recorded);
      if (parked) await this.#ask(parked, recorded, asked);
    }
  }

  async #ask(parked: WebhookParked['data'], recorded: RecordedEvent, asked: Set<string>): Promise<void> {
    const provider = providerOf(parked);
    if (!provider) return;
    const { providerConnectionId } = parked.target;
    for (const connectionId of await this.#meant(parked)) {
      const what = `${connectionId} ${providerConnectionId ?? ''}`;
      if (asked.has(what)) continue;
      asked.add(what);
      const message: FindLinkMessage = { connectionId, provider, providerConnectionId };
      await inStoryOf(this.#scope, recorded, () =>
        this.#commands.publish(COMMAND_SUBJECTS.findLink, message, {
          msgId: `${recorded.id}~${connectionId}`,
        }),
      );
    }
  }

  async #meant({ target }: WebhookParked['data']): Promise<readonly string[]> {
    const { connectionId, providerUserId } = target;
    if (connectionId !== null) return isUuid(connectionId) ? [connectionId] : [];
    return providerUserId === null ? [] : this.#users.connectionsOf(providerUserId);
  }
}
