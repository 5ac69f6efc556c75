import {
  COMMAND_SUBJECTS,
  type RequestedSyncReply,
  RequestSyncMessage,
  RequestSyncRpc,
  RPC_SUBJECTS,
} from '#contracts';
import { DomainError } from '#kernel';
import { DurableCommand, PermanentFailure } from '#messaging';
import { Answers, waitingForEngines } from '#service';
import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Payload } from '@nestjs/microservices';
import { RequestSyncOf, type RequestSyncResult } from './request-sync.command.js';

@Controller()
export class RequestSyncController {
  readonly #commands: CommandBus;

  constructor(commands: CommandBus) {
    this.#commands = commands;
  }

  /** A person waits for the answer. */
  @Answers(RPC_SUBJECTS.requestSync)
  async onRequest(@Payload() message: RequestSyncRpc): Promise<RequestedSyncReply> {
    const { connectionId, requestId, scope } = message;
    const result = await this.#ask(new RequestSyncOf(connectionId, 'manual', [requestId], { scope }));
    const syncId = result.kind === 'accepted' ? result.runs.get(requestId) : undefined;
    if (result.kind === 'ignored' || syncId === undefined) {
      const reason = result.kind === 'ignored' ? result.reason : 'forgotten';
      throw new DomainError('sync.not-accepted', `This sync was not accepted: ${reason}.`);
    }
    const position = result.position === null ? null : String(result.position);
    return { id: syncId, connectionId, status: 'pending', position };
  }

  /** The scheduler's, or another service's, command that must survive. */
  @DurableCommand(COMMAND_SUBJECTS.requestSync)
  async onCommand(@Payload() message: RequestSyncMessage): Promise<void> {
    const { connectionId, trigger, requestId, slot } = message;
    try {
      const command = new RequestSyncOf(connectionId, trigger, [requestId], { slot: slot ?? null });
      await waitingForEngines(() => this.#ask(command));
    } catch (error) {
      if (error instanceof DomainError)
        throw new PermanentFailure(`${error.code}: ${error.message}`, { cause: error });
      throw error;
    }
  }

  #ask(command: RequestSyncOf): Promise<RequestSyncResult> {
    return this.#commands.execute<RequestSyncOf, RequestSyncResult>(command);
  }
}
