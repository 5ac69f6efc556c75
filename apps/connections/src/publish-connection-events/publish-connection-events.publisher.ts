import { consentText, otherLinksText, type PublicEvent, publicEvent, type PublicEventName } from '#contracts';
import { connection, type ConnectionEvent, problemOwner } from '#domain';
import type { RecordedEvent } from '#kernel';
import { type EventPublisher, OrderedPublisher } from '#messaging';
import type { Reactor } from '#read-model';
import { otherLinkView } from '../link-text.js';
import { problemText } from '../status-reason.js';

const NAMES: readonly PublicEventName[] = [
  'connection.linked',
  'connection.action-required',
  'connection.consent-expiring',
  'connection.other-links-found',
  'connection.disconnected',
];

/** What the other services are told of one stored event; `null` for what is nobody else's business. */
export const publicFormOf = (recorded: RecordedEvent): PublicEvent | null => {
  const event = { type: recorded.type, data: recorded.data } as ConnectionEvent;
  const { tenantId, companyId, connectionId } = event.data;
  const ids = { tenantId, companyId, connectionId };
  const parts = {
    id: recorded.id,
    tenantId,
    subject: connectionId,
    sequence: recorded.revision,
    time: recorded.recordedAt,
  };
  if (event.type === 'ConnectionLinked') {
    return publicEvent('connection.linked', { ...parts, data: { ...ids, provider: event.data.provider } });
  }
  if (event.type === 'UserActionRequired') {
    const data = {
      ...ids,
      code: event.data.code,
      owner: problemOwner(event.data),
      message: problemText(event.data),
    };
    return publicEvent('connection.action-required', { ...parts, data });
  }
  if (event.type === 'ConsentExpiring') {
    const { expiresAt, withinDays, daysLeft } = event.data;
    const data = { ...ids, expiresAt, withinDays, daysLeft, message: consentText(event.data, 'en') };
    return publicEvent('connection.consent-expiring', { ...parts, data });
  }
  if (event.type === 'OtherLinksObserved' && event.data.links.length > 0) {
    const { links } = event.data;
    const data = { ...ids, otherLinks: links.map(otherLinkView), message: otherLinksText(links, 'en') };
    return publicEvent('connection.other-links-found', { ...parts, data });
  }
  if (event.type === 'ConnectionDisconnected') {
    return publicEvent('connection.disconnected', { ...parts, data: { ...ids, by: event.data.by } });
  }
  return null;
};

/** Tells the other services what happens to connections, in the log's order, one publish in flight. */
export class PublishConnectionEventsPublisher {
  readonly name = 'publish_connection_events';
  readonly #publisher: OrderedPublisher;

  constructor(events: EventPublisher) {
    this.#publisher = new OrderedPublisher(events, NAMES);
  }

  get reactor(): Reactor {
    return {
      name: this.name,
      streamPrefixes: [`${connection.category}-`],
      react: (event) => this.react(event),
      resumeFrom: (checkpoint) => this.#publisher.resumeFrom(checkpoint),
    };
  }

  async react(recorded: RecordedEvent): Promise<void> {
    const event = publicFormOf(recorded);
    if (event) await this.#publisher.publish(event, recorded.position);
  }
}
