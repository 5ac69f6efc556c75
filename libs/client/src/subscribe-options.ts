import type { NatsConnection } from '@nats-io/transport-node';
import type { PublicEventName, PublicEventOf } from '#contracts';

/** What is known of one delivery beside the event. */
export interface Delivery {
  /** 1 for the first try. */
  readonly attempt: number;
  /** Place in the stream of all public events. */
  readonly streamSequence: number;
  /** Aborts when the subscription is stopped. */
  readonly signal: AbortSignal;
}

/** Where the handler keeps, in its own transaction, how far it got. */
export interface SequenceStore {
  /** The greatest `sequence` handled for this `partitionkey`; `null`: none yet. */
  last(this: void, partitionkey: string): Promise<bigint | null>;
}

/** How to reach NATS: a connection of one's own, which stays open, or the servers and who one is. */
export type NatsAccess =
  | { readonly connection: NatsConnection }
  | {
      /** `host:4222` or several. */
      readonly servers: string | string[];
      readonly user?: string;
      readonly pass?: string;
      readonly token?: string;
      /** Where answers come in, when permissions ask for another place than `_INBOX`. */
      readonly inboxPrefix?: string;
    };

export type SubscribeOptions<Name extends PublicEventName = PublicEventName> = NatsAccess & {
  /** Names the subscription for ever: it goes on where it was. Letters, digits, `_`, `-`. Copies share its events. */
  readonly durable: string;
  /** One tenant, or `*` for all. */
  readonly tenantId: string;
  /** Default: all. */
  readonly names?: readonly Name[];
  /** Called for one event at a time, in order. Resolving acknowledges; rejecting makes it come again, before any other. */
  readonly handler: (event: PublicEventOf<Name>, delivery: Delivery) => Promise<void> | void;
  /** With it, what was handled before is skipped. */
  readonly sequences?: SequenceStore;
  /** Where a new subscription begins (default `beginning`: all that the stream still holds). */
  readonly from?: 'beginning' | 'now';
  /** Silence after which an event is given to another copy (default 30 s; a running handler is not silent). */
  readonly ackWaitMs?: number;
  /** Wait after the `attempt`-th failed try (default 250 ms doubling to 60 s). */
  readonly retryMs?: (attempt: number) => number;
  /** Told of everything that goes wrong (default: `console.error`); the subscription tries again by itself. */
  readonly onError?: (error: unknown) => void;
};

/** A running subscription. */
export interface EventSubscription {
  /** Lets the handler in hand end, then stops; takes up to 2 s also when nothing is in hand. */
  stop(): Promise<void>;
  /** Resolves when stopped; rejects when NATS closed the connection for good (wrong credentials, for example). */
  readonly done: Promise<void>;
}
