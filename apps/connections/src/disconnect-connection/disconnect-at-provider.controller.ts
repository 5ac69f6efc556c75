import { COMMAND_SUBJECTS, DisconnectAtProviderMessage } from '#contracts';
import { DurableCommand } from '#messaging';
import { waitingForEngines } from '#service';
import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Payload } from '@nestjs/microservices';
import { DisconnectAtProvider } from './disconnect-at-provider.command.js';

/** With pauses that grow to a minute: a provider may be away for a working day before the command is a dead letter. */
const MAX_ATTEMPTS = 500;

@Controller()
export class DisconnectAtProviderController {
  readonly #commands: CommandBus;

  constructor(commands: CommandBus) {
    this.#commands = commands;
  }

  @DurableCommand(COMMAND_SUBJECTS.disconnectAtProvider, { maxAttempts: MAX_ATTEMPTS })
  async onCommand(@Payload() { connectionId, revision }: DisconnectAtProviderMessage): Promise<void> {
    const command = new DisconnectAtProvider(connectionId, BigInt(revision));
    await waitingForEngines(() => this.#commands.execute(command));
  }
}
