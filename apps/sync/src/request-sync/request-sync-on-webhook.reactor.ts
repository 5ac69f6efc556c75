import {
  connection,
  type ConnectionEvent,
  type ConnectionLinked,
  delivery,
  type DeliveryEvent,
} from '#domain';
import { DomainError, type RecordedEvent } from '#kernel';
import type { Reactor } from '#read-model';
import { inStoryOf } from '#service';
import type { CommandBus } from '@nestjs/cqrs';
import { inParallel } from '../in-parallel.js';
import type { SyncDeps } from '../sync-deps.js';
import { connectionsLinkedTo, parkedFor, type ParkedDelivery } from './delivery-targets.js';
import { RequestSyncOf, type RequestSyncResult } from './request-sync.command.js';
import { StartAllowance } from './start-allowance.js';
import { better, decideDelivery, type Incoming, type Outcome, outcomeOfRefusal } from './webhook-outcome.js';

/** Fewer than the requests that the `sync` decider remembers: a batch that is repeated after a crash is recognised. */
const MAX_BATCH = 1_000;
/**
 * While deliveries come densely: asking costs as much for one delivery of a connection as for ten, and the runs that they
 * join are further apart than this.
 */
const GATHER_MS = 1_000;
/** Runs that start as soon as a webhook asks for them, per second; the others are dispatched as there is room for them. */
const STARTS_PER_SECOND = 8;
const WAIT_FOR_ROOM_MS = 500;
const CONNECTIONS_AT_ONCE = 16;
const DELIVERIES_AT_ONCE = 64;

interface Link {
  readonly data: ConnectionLinked['data'];
  readonly recorded: RecordedEvent;
}

const incomingOf = (recorded: RecordedEvent): Incoming | undefined => {
  const event = { type: recorded.type, data: recorded.data } as DeliveryEvent;
  if (event.type !== 'WebhookReceived' && event.type !== 'WebhookReplayed') return undefined;
  const { deliveryId, provider, notice } = event.data;
  const requestId = event.type === 'WebhookReplayed' ? event.data.requestId : deliveryId;
  return 'target' in notice ? { deliveryId, requestId, provider, notice, recorded } : undefined;
};

const linkOf = (recorded: RecordedEvent): Link | undefined => {
  const event = { type: recorded.type, data: recorded.data } as ConnectionEvent;
  return event.type === 'ConnectionLinked' ? { data: event.data, recorded } : undefined;
};

/** A deletion is looked at even where syncs are paused: the connection may be gone. */
const isDeletion = ({ notice }: Incoming): boolean =>
  notice.kind === 'connection-deleted' || notice.kind === 'user-deleted';

/** The provider says that it has just been at the bank, and nothing of a problem. */
const tellsOfLook = ({ notice }: Incoming): boolean => notice.kind === 'data-may-have-changed';

/** It was received before, and forgotten by age since: only then is its stream not at its beginning. */
const isReceivedAgain = ({ recorded }: Incoming): boolean =>
  recorded.type === 'WebhookReceived' && recorded.revision > 0n;

/** A run took it on when it came first. Nothing names it as a cause again, so it would count as not acted on for ever. */
const REPEATED: Outcome = { kind: 'ignored', reason: 'delivery.repeated' };
const PAUSED: Outcome = { kind: 'ignored', reason: 'connection.paused' };

interface Asked {
  readonly outcome: Outcome;
  /** Requests that a run had taken on before. */
  readonly repeated: ReadonlySet<string>;
}

/**
 * A verified webhook is a hint: whatever it says of a connection of ours, we look for ourselves. What nothing of ours
 * matches is parked, and acted on when its connection is linked: both come here in the order of the log, so a delivery is
 * either seen by those who look for its link, or parked when its link looks for deliveries.
 */
export class RequestSyncOnWebhookReactor {
  readonly name = 'request_sync_on_webhook';
  readonly #deps: SyncDeps;
  readonly #commands: CommandBus;
  readonly #starts = new StartAllowance(STARTS_PER_SECOND);

  constructor(deps: SyncDeps, commands: CommandBus) {
    this.#deps = deps;
    this.#commands = commands;
  }

  get reactor(): Reactor {
    return {
      name: this.name,
      streamPrefixes: [`${delivery.category}-`, `${connection.category}-`],
      maxBatch: MAX_BATCH,
      gatherMs: GATHER_MS,
      isOfInterest: (event) => incomingOf(event) !== undefined || linkOf(event) !== undefined,
      reactBatch: (events) => this.reactBatch(events),
    };
  }

  async reactBatch(events: readonly RecordedEvent[]): Promise<void> {
    const asOf = events.at(-1)?.position;
    if (asOf === undefined) return;
    // All deliveries of a batch see all its links, so these find nothing of it parked: any order within it is right.
    await this.#receive(
      events.flatMap((event) => incomingOf(event) ?? []),
      asOf,
    );
    for (const link of events.flatMap((event) => linkOf(event) ?? [])) await this.#match(link);
  }

  async #receive(incoming: readonly Incoming[], asOf: bigint): Promise<void> {
    const outcomes = new Map<Incoming, Outcome>();
    const note = (each: Incoming, outcome: Outcome) =>
      outcomes.set(each, better(outcomes.get(each), outcome));
    const byConnection = await this.#byConnection(incoming, asOf, note);
    await inParallel(byConnection, CONNECTIONS_AT_ONCE, async ([connectionId, [first, ...others]]) => {
      const all = [first, ...others];
      const requestIds = all.map(({ requestId }) => requestId);
      const { outcome, repeated } = await inStoryOf(this.#deps.correlation, first.recorded, () =>
        this.#request(connectionId, requestIds, {
          evenPaused: all.some(isDeletion),
          told: all.some(tellsOfLook),
        }),
      );
      for (const each of all) {
        note(each, isReceivedAgain(each) && repeated.has(each.requestId) ? REPEATED : outcome);
      }
    });
    await inParallel(outcomes, DELIVERIES_AT_ONCE, ([each, outcome]) => this.#record(each, outcome));
  }

  async #byConnection(
    incoming: readonly Incoming[],
    asOf: bigint,
    note: (each: Incoming, outcome: Outcome) => void,
  ): Promise<ReadonlyMap<string, readonly [Incoming, ...Incoming[]]>> {
    const groups = new Map<string, readonly [Incoming, ...Incoming[]]>();
    const join = (connectionId: string, each: Incoming) => {
      const group = groups.get(connectionId);
      groups.set(connectionId, group ? [...group, each] : [each]);
    };
    const byProvider = incoming.filter(({ notice }) => notice.target.connectionId === null);
    const links = await connectionsLinkedTo(
      this.#deps.db,
      byProvider.map(({ provider, notice }) => ({ provider, target: notice.target })),
      asOf,
    );
    const linked = new Map(byProvider.map((each, index) => [each, links[index]]));
    for (const each of incoming) {
      const { connectionId } = each.notice.target;
      if (connectionId !== null) join(connectionId, each);
      const { connectionIds = [], wasLinked = false } = linked.get(each) ?? {};
      for (const id of connectionIds) join(id, each);
      if (connectionId !== null || connectionIds.length > 0) continue;
      note(
        each,
        wasLinked
          ? { kind: 'ignored', reason: 'connection.disconnected' }
          : { kind: 'parked', reason: 'connection.unknown' },
      );
    }
    return groups;
  }

  async #request(
    connectionId: string,
    requestIds: readonly string[],
    hints: { readonly evenPaused: boolean; readonly told: boolean },
  ): Promise<Asked> {
    const none: ReadonlySet<string> = new Set();
    try {
      const webhookNotBefore = this.#notBefore();
      const command = new RequestSyncOf(connectionId, 'webhook', requestIds, {
        ...hints,
        webhookNotBefore,
      });
      const result = await this.#commands.execute<RequestSyncOf, RequestSyncResult>(command);
      if (result.kind === 'accepted') return { outcome: { kind: 'applied' }, repeated: result.repeated };
      return { outcome: result.reason === 'paused' ? PAUSED : REPEATED, repeated: none };
    } catch (error) {
      if (error instanceof DomainError) return { outcome: outcomeOfRefusal(error), repeated: none };
      throw error;
    }
  }

  /** Many connections that are told of at once do not start as many runs at once. */
  #notBefore(): string | null {
    const now = Date.parse(this.#deps.clock.now());
    return this.#starts.take(now) ? null : new Date(now + WAIT_FOR_ROOM_MS).toISOString();
  }

  async #record({ deliveryId, notice, recorded }: Incoming, outcome: Outcome): Promise<void> {
    if (outcome.kind === 'applied') return;
    const { reason } = outcome;
    const now = this.#deps.clock.now();
    await decideDelivery(
      this.#deps,
      deliveryId,
      outcome.kind === 'ignored'
        ? { type: 'IgnoreWebhook', reason, now }
        : { type: 'ParkWebhook', target: notice.target, reason, now },
      recorded,
    );
  }

  /** What came before its connection was linked is acted on now. */
  async #match({ data, recorded }: Link): Promise<void> {
    // Whatever we parked before this link lies before the head as it is now.
    const head = (await this.#deps.store.head()) ?? recorded.position;
    const parked = await parkedFor(this.#deps.db, data, head);
    for (let at = 0; at < parked.length; at += MAX_BATCH) {
      await this.#resolve(parked.slice(at, at + MAX_BATCH), data.connectionId, recorded);
    }
  }

  async #resolve(
    parked: readonly ParkedDelivery[],
    connectionId: string,
    recorded: RecordedEvent,
  ): Promise<void> {
    const requestIds = parked.map(({ requestId }) => requestId);
    const { outcome } = await inStoryOf(this.#deps.correlation, recorded, () =>
      this.#request(connectionId, requestIds, { evenPaused: false, told: false }),
    );
    if (outcome.kind === 'parked') return;
    const now = this.#deps.clock.now();
    await inParallel(parked, DELIVERIES_AT_ONCE, async ({ deliveryId }) => {
      const command =
        outcome.kind === 'applied'
          ? ({ type: 'ResolveWebhook', connectionId, now } as const)
          : ({ type: 'IgnoreWebhook', reason: outcome.reason, now } as const);
      await decideDelivery(this.#deps, deliveryId, command, recorded);
    });
  }
}
