import { delivery, type ProviderNotice, type WebhookReceived, type WebhookReplayed } from '#domain';
import { runDecider } from '#event-store';
import { DomainError, type RecordedEvent, streamOf } from '#kernel';
import { webhookReaders } from '#providers';
import { asSealed } from '#vault';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DELIVERIES } from '../forgotten-deliveries.js';
import { SyncDeps } from '../sync-deps.js';
import { ReplayDelivery, type ReplayDeliveryResult } from './replay-delivery.command.js';

const notFound = () => new DomainError('delivery.not-found', 'There is no such delivery.');

/** It was verified when it was received: to read it again takes no secret. */
const READERS = webhookReaders({ powensSecrets: [], tinkSecrets: [], tinkToleranceSeconds: 0 });

@CommandHandler(ReplayDelivery)
export class ReplayDeliveryHandler implements ICommandHandler<ReplayDelivery, ReplayDeliveryResult> {
  readonly #deps: SyncDeps;

  constructor(deps: SyncDeps) {
    this.#deps = deps;
  }

  /** @throws {DomainError} `delivery.not-found`, `delivery.nothing-to-do`, `delivery.not-understood`, `vault.unknown-key` */
  async execute(command: ReplayDelivery): Promise<ReplayDeliveryResult> {
    const { deliveryId, commandId, scope } = command;
    if (scope !== null && !(await this.#isAbout(deliveryId, scope))) throw notFound();
    const { received, done } = await this.#read(command);
    if (done) return done;
    const notice = this.#meaningOf(received);
    refuseEmpty(notice, received);
    const metadata = this.#deps.metadata(scope, commandId);
    const replay = { type: 'ReplayWebhook', notice, now: this.#deps.clock.now() } as const;
    const { events, position } = await runDecider(this.#deps, delivery, deliveryId, replay, { metadata });
    const [event] = events;
    if (!event) throw new Error(`Nothing was decided about the replay of ${deliveryId}.`);
    return { requestId: (event.data as WebhookReplayed['data']).requestId, position };
  }

  async #isAbout(deliveryId: string, tenantId: string): Promise<boolean> {
    const rows = await this.#deps.db.query(
      `SELECT 1 FROM ${DELIVERIES}.deliveries WHERE delivery_id = $1 AND connections @> $2`,
      [deliveryId, JSON.stringify([{ tenantId }])],
    );
    return rows.length > 0;
  }

  /** The delivery as it came, and the replay that this very command made before. */
  async #read({ deliveryId, commandId }: ReplayDelivery): Promise<{
    readonly received: WebhookReceived['data'];
    readonly done: ReplayDeliveryResult | undefined;
  }> {
    let received: WebhookReceived['data'] | undefined;
    let done: ReplayDeliveryResult | undefined;
    for await (const event of this.#deps.store.readStream(streamOf(delivery.category, deliveryId))) {
      if (event.type === 'WebhookReceived') received = event.data as WebhookReceived['data'];
      if (event.type === 'WebhookReplayed' && event.metadata.commandId === commandId) done = resultOf(event);
    }
    if (!received) throw notFound();
    return { received, done };
  }

  /** By today's rules where the body is kept; what was understood of it then where it was too large to keep. */
  #meaningOf({ scheme, path, sealedBody, notice }: WebhookReceived['data']): ProviderNotice {
    const reader = READERS.find((one) => one.scheme === scheme);
    if (sealedBody === null || !reader) return notice;
    return reader.translate(path, this.#deps.vault.openBytes(asSealed(sealedBody)));
  }
}

const resultOf = ({ data, position }: RecordedEvent): ReplayDeliveryResult => ({
  requestId: (data as WebhookReplayed['data']).requestId,
  position,
});

const INSTEAD = 'If data is missing, ask for a sync of the connection instead.';

const refuseEmpty = (notice: ProviderNotice, { sealedBody }: WebhookReceived['data']): void => {
  if (notice.kind === 'nothing-to-do') {
    const what = `This webhook (${notice.event}) asks for nothing by today's rules, so nothing was replayed.`;
    throw new DomainError('delivery.nothing-to-do', `${what} ${INSTEAD}`);
  }
  if (notice.kind === 'unrecognised') {
    const why = sealedBody === null ? ', and its body was too large to be kept' : '';
    const what = `No rule understands this webhook (${notice.event ?? 'no event named'})${why}. Nothing was replayed.`;
    throw new DomainError(
      'delivery.not-understood',
      `${what} Replay it after an update that knows it. ${INSTEAD}`,
    );
  }
};
