import type { WebhookReader } from '#providers';
import { Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EventStoreUnavailable } from '#event-store';
import { type Admission, WebhookDoor } from './webhook-door.js';
import { DoorSettings } from './door-settings.js';

const RETRY_AFTER_S = '5';

const answerOf = (admission: Exclude<Admission, { kind: 'rejected' }>): object => {
  if (admission.kind === 'ignored') return { status: 'ignored' };
  const { kind, scheme, deliveryId } = admission;
  return scheme === 'guide' ? { status: 'success', sync_log_id: deliveryId } : { status: kind, deliveryId };
};

@Controller('webhooks')
export class ReceiveWebhookController {
  readonly #door: WebhookDoor;
  readonly #settings: DoorSettings;

  constructor(door: WebhookDoor, settings: DoorSettings) {
    this.#door = door;
    this.#settings = settings;
  }

  @Post('powens')
  @HttpCode(200)
  onPowens(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.#answer('powens', request, reply);
  }

  @Post('powens/:event')
  @HttpCode(200)
  onPowensEvent(
    @Param('event') _event: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#answer('powens', request, reply);
  }

  @Post('tink')
  @HttpCode(200)
  onTink(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.#answer('tink', request, reply);
  }

  async #answer(
    provider: WebhookReader['provider'],
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const { publicPath, clock } = this.#settings;
    try {
      const admission = await this.#door.admit(provider, {
        path: publicPath + pathOf(request.url),
        headers: request.headers,
        rawBody: request.body instanceof Uint8Array ? request.body : new Uint8Array(),
        receivedAt: clock.now(),
      });
      this.#settings.count(provider, admission.kind === 'rejected' ? admission.reason : admission.kind);
      if (admission.kind === 'rejected') await reply.status(401).send({ error: 'Invalid signature' });
      else await reply.status(200).send(answerOf(admission));
    } catch (error) {
      if (!(error instanceof EventStoreUnavailable)) throw error;
      this.#settings.count(provider, 'log-unavailable');
      await reply
        .status(503)
        .header('retry-after', RETRY_AFTER_S)
        .send({ error: 'Not stored; deliver again' });
    }
  }
}

const pathOf = (url: string): string => url.split('?', 1)[0] ?? url;
