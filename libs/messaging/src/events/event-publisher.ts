import { eventSubject, publicEventName, STREAMS, type PublicEvent, type PublicEventName } from '#contracts';
import type { CorrelationScope } from '#kernel';
import { correlationHeaders } from '../nats/correlation-headers.js';
import type { Nats } from '../nats/nats.js';
import { publishAcked } from '../nats/publish-acked.js';

export const POSITION_HEADER = 'Passerelle-Position';

/** How far the stream of public events shows that a publisher got. */
export type PublishedPosition =
  /** Greatest log position among the last messages of its names. */
  | { readonly kind: 'position'; readonly position: bigint }
  /** None of its messages is there any more, or ever was, though others were stored: nothing can be concluded. */
  | { readonly kind: 'none-but-stream-was-used' }
  /** Nothing was ever stored: a new stream, or one that was lost. */
  | { readonly kind: 'fresh-stream' };

/** Publishes public events, one at a time and in the order of the log. */
export class EventPublisher {
  constructor(
    private readonly nats: Nats,
    private readonly scope: CorrelationScope,
  ) {}

  /** How often the server was lost so far. */
  get reconnections(): number {
    return this.nats.losses;
  }

  /**
   * Resolves once JetStream has the event. Await it before the next one: the last position found in the stream is
   * meaningful only when one publish is in flight.
   * @param position log position of the stored event
   * @throws {NatsUnavailable} not confirmed within 15 s; publish the same event again
   */
  async publish(event: PublicEvent, position: bigint): Promise<void> {
    const name = publicEventName(event.type);
    if (!name) throw new TypeError(`${event.type} is no public event.`);
    const headers = correlationHeaders(this.scope.current());
    headers.set(POSITION_HEADER, String(position));
    await publishAcked(this.nats, eventSubject(event.tenantid, name), JSON.stringify(event), {
      msgId: event.id,
      stream: STREAMS.events,
      headers,
    });
  }

  /** Where the publisher of these names may resume at the latest: from the smaller of its checkpoint and this. */
  async lastPublishedPosition(names: readonly PublicEventName[]): Promise<PublishedPosition> {
    const { streams } = this.nats.manager;
    const last = await Promise.all(
      names.map((name) => streams.getMessage(STREAMS.events, { last_by_subj: eventSubject('*', name) })),
    );
    const positions = last.flatMap((message) => {
      const position = message?.header.get(POSITION_HEADER);
      return position ? [BigInt(position)] : [];
    });
    if (positions.length > 0) {
      return { kind: 'position', position: positions.reduce((a, b) => (a > b ? a : b)) };
    }
    const { state } = await streams.info(STREAMS.events);
    return { kind: state.last_seq > 0 ? 'none-but-stream-was-used' : 'fresh-stream' };
  }
}
