import { type ReplayedDeliveryReply, ReplayDeliveryRpc, RPC_SUBJECTS } from '#contracts';
import { Answers } from '#service';
import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Payload } from '@nestjs/microservices';
import { ReplayDelivery, type ReplayDeliveryResult } from './replay-delivery.command.js';

@Controller()
export class ReplayDeliveryController {
  readonly #commands: CommandBus;

  constructor(commands: CommandBus) {
    this.#commands = commands;
  }

  @Answers(RPC_SUBJECTS.replayDelivery)
  async onReplay(@Payload() message: ReplayDeliveryRpc): Promise<ReplayedDeliveryReply> {
    const { deliveryId, commandId, scope } = message;
    const { requestId, position } = await this.#commands.execute<ReplayDelivery, ReplayDeliveryResult>(
      new ReplayDelivery(deliveryId, commandId, scope),
    );
    return { deliveryId, requestId, position: position === null ? null : String(position) };
  }
}
