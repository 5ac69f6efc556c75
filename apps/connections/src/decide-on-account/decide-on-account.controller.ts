import { type DecidedAccountReply, DecideOnAccountRpc, RPC_SUBJECTS } from '#contracts';
import { Answers } from '#service';
import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Payload } from '@nestjs/microservices';
import { type DecidedAccount, DecideOnAccount } from './decide-on-account.command.js';

@Controller()
export class DecideOnAccountController {
  readonly #commands: CommandBus;

  constructor(commands: CommandBus) {
    this.#commands = commands;
  }

  @Answers(RPC_SUBJECTS.decideOnAccount)
  async onRequest(@Payload() message: DecideOnAccountRpc): Promise<DecidedAccountReply> {
    const { connectionId, scope, providerAccountId, action, accountId, ledgerId } = message;
    const decision =
      action === 'ignore'
        ? { action }
        : { action: 'track' as const, accountId: accountId ?? null, ledgerId: ledgerId ?? null };
    const { account, position } = await this.#commands.execute<DecideOnAccount, DecidedAccount>(
      new DecideOnAccount(connectionId, scope, providerAccountId, decision),
    );
    return { account, position: position === null ? null : String(position) };
  }
}
