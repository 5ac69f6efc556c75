import { COMMAND_SUBJECTS, RunSyncMessage } from '#contracts';
import { DurableCommand, RetryLater } from '#messaging';
import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Payload } from '@nestjs/microservices';
import { RunSync, type RunSyncResult } from './run-sync.command.js';

const BUSY_RETRY_MS = 1_000;

@Controller()
export class RunSyncController {
  readonly #commands: CommandBus;

  constructor(commands: CommandBus) {
    this.#commands = commands;
  }

  @DurableCommand(COMMAND_SUBJECTS.runSync)
  async onCommand(@Payload() { connectionId, syncId }: RunSyncMessage): Promise<void> {
    const result = await this.#commands.execute<RunSync, RunSyncResult>(new RunSync(connectionId, syncId));
    switch (result.kind) {
      case 'ended':
        return;
      case 'busy':
        throw new RetryLater(BUSY_RETRY_MS, 'Another worker has this connection in hand.');
      case 'later':
        throw new RetryLater(result.delayMs, result.cause.message, { cause: result.cause });
    }
  }
}
