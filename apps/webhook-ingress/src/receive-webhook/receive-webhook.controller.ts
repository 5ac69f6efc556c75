import { All, Controller, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer } from './answer.js';
import { DoorSettings } from './door-settings.js';
import { Reception } from './reception.js';
import { requestHead } from './request-head.js';
import { sendAnswer } from './send-answer.js';
import type { Provider } from './webhook-door.js';

const NOT_ALLOWED: Answer = { status: 405, body: { error: 'Only POST' }, outcome: 'method-not-allowed' };

@Controller('webhooks')
export class ReceiveWebhookController {
  readonly #reception: Reception;
  readonly #settings: DoorSettings;

  constructor(reception: Reception, settings: DoorSettings) {
    this.#reception = reception;
    this.#settings = settings;
  }

  @All('powens')
  onPowens(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.#answer('powens', request, reply);
  }

  @All('powens/:event')
  onPowensEvent(
    @Param('event') _event: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#answer('powens', request, reply);
  }

  @All('tink')
  onTink(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.#answer('tink', request, reply);
  }

  async #answer(provider: Provider, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { publicPath, clock, count } = this.#settings;
    // Asked for now: whoever has left has no address any more.
    const peer = request.raw.socket.remoteAddress ?? 'unknown';
    const answer =
      request.method === 'POST'
        ? await this.#reception.receive({
            provider,
            source: request.raw,
            head: requestHead(request.raw, publicPath, clock.now()),
            sender: () => request.ip || peer,
          })
        : NOT_ALLOWED;
    if (answer === NOT_ALLOWED) void reply.header('allow', 'POST');
    if (answer.outcome !== null) count(provider, answer.outcome);
    await sendAnswer(reply, answer);
  }
}
