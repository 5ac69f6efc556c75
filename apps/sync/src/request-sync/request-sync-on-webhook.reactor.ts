import { delivery, type DeliveryEvent, type NoticeTarget, type WebhookReceived } from '#domain';
import { runDecider } from '#event-store';
import { DomainError, type RecordedEvent } from '#kernel';
import type { Reactor } from '#read-model';
import type { CommandBus } from '@nestjs/cqrs';
import type { SyncDeps } from '../sync-deps.js';
import { connectionsLinkedTo } from './linked-connections.js';
import { RequestSyncOf, type RequestSyncResult } from './request-sync.command.js';

const targetOf = ({ notice }: WebhookReceived['data']): NoticeTarget | undefined =>
  'target' in notice ? notice.target : undefined;

/** A verified webhook is a hint: whatever it says of a connection of ours, we look for ourselves. */
export class RequestSyncOnWebhookReactor {
  readonly name = 'request_sync_on_webhook';
  readonly #deps: SyncDeps;
  readonly #commands: CommandBus;

  constructor(deps: SyncDeps, commands: CommandBus) {
    this.#deps = deps;
    this.#commands = commands;
  }

  get reactor(): Reactor {
    return {
      name: this.name,
      streamPrefixes: [`${delivery.category}-`],
      react: (event) => this.react(event),
    };
  }

  async react(recorded: RecordedEvent): Promise<void> {
    const event = { type: recorded.type, data: recorded.data } as DeliveryEvent;
    if (event.type !== 'WebhookReceived') return;
    const target = targetOf(event.data);
    if (!target) return;
    const connectionIds = await this.#connections(event.data.provider, target, recorded.position);
    if (connectionIds.length === 0) return this.#park(event.data.deliveryId, 'unknown-connection');
    for (const connectionId of connectionIds) await this.#request(connectionId, event.data.deliveryId);
  }

  async #connections(provider: string, target: NoticeTarget, asOf: bigint): Promise<readonly string[]> {
    if (target.connectionId !== null) return [target.connectionId];
    if (target.providerConnectionId === null) return [];
    return connectionsLinkedTo(this.#deps.db, provider, target.providerConnectionId, asOf);
  }

  async #request(connectionId: string, deliveryId: string): Promise<void> {
    try {
      const command = new RequestSyncOf(connectionId, 'webhook', [deliveryId]);
      await this.#commands.execute<RequestSyncOf, RequestSyncResult>(command);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      await this.#park(deliveryId, error.code);
    }
  }

  async #park(deliveryId: string, reason: string): Promise<void> {
    const command = { type: 'ParkWebhook' as const, reason, now: this.#deps.clock.now() };
    await runDecider(this.#deps, delivery, deliveryId, command, { metadata: this.#deps.metadata(null) });
  }
}
