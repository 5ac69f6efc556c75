import { eventSubjects, STREAMS } from '#contracts';
import type { Nats } from '../nats/nats.js';
import { followStored } from './stream-reader.js';

export interface TailedEvent {
  /** Place in the stream of public events: what to resume after. */
  readonly sequence: number;
  readonly subject: string;
  /** The CloudEvents object, as text. */
  readonly json: string;
}

export interface TailOptions {
  /** One tenant, or `*` for all. */
  readonly tenantId: string;
  /** The last sequence already seen; `null`: only what is published from now on. */
  readonly afterSequence: number | null;
  readonly signal: AbortSignal;
}

/** Reads public events live, without leaving anything behind on the server. */
export class EventTail {
  constructor(private readonly nats: Nats) {}

  /**
   * Events in stored order until the signal aborts; survives a lost server. A sequence beyond the stream's end means
   * that the stream was made anew: then everything it holds is delivered.
   */
  async *tail(options: TailOptions): AsyncGenerator<TailedEvent, void> {
    const { tenantId, afterSequence, signal } = options;
    const { state } = await this.nats.manager.streams.info(STREAMS.events);
    const isKnown = afterSequence !== null && afterSequence <= state.last_seq;
    const after = afterSequence === null ? state.last_seq : isKnown ? afterSequence : 0;
    const filter = eventSubjects(tenantId);
    for await (const message of followStored(this.nats, STREAMS.events, filter, after + 1, signal)) {
      yield { sequence: message.seq, subject: message.subject, json: message.string() };
    }
  }
}
