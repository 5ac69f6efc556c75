import { COMMAND_SUBJECTS, FindLinkMessage } from '#contracts';
import { DurableCommand } from '#messaging';
import { waitingForEngines } from '#service';
import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Payload } from '@nestjs/microservices';
import { FindLinkOf } from './find-link.command.js';

/** With pauses that grow to a minute: about a quarter of an hour, in which the provider may be away or want to be left alone. */
const MAX_ATTEMPTS = 20;

@Controller()
export class FindLinkController {
  readonly #commands: CommandBus;

  constructor(commands: CommandBus) {
    this.#commands = commands;
  }

  @DurableCommand(COMMAND_SUBJECTS.findLink, { maxAttempts: MAX_ATTEMPTS })
  async onCommand(@Payload() message: FindLinkMessage): Promise<void> {
    const { connectionId, provider, providerConnectionId } = message;
    const command = new FindLinkOf(connectionId, provider, providerConnectionId);
    await waitingForEngines(() => this.#commands.execute(command));
  }
}
