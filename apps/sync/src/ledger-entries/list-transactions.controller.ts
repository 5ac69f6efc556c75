import { ListTransactionsRpc, type Page, RPC_SUBJECTS, type TransactionView } from '#contracts';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { LEDGER } from '../ledger-tables.js';
import { Answers, seeOwnWrites, knownConnection } from '#service';
import { SyncDeps } from '../sync-deps.js';
import { listTransactions } from './list-transactions.query.js';

@Controller()
export class ListTransactionsController {
  readonly #deps: SyncDeps;

  constructor(deps: SyncDeps) {
    this.#deps = deps;
  }

  @Answers(RPC_SUBJECTS.listTransactions)
  async onRequest(@Payload() message: ListTransactionsRpc): Promise<Page<TransactionView>> {
    const { accounts } = await knownConnection(this.#deps, message.connectionId, message.scope);
    await seeOwnWrites(this.#deps.db, LEDGER, message.minPosition);
    const tracked = accounts.flatMap(({ ledgerId, trackedAs }) =>
      trackedAs === null ? [] : [[ledgerId, trackedAs] as const],
    );
    const { from, to, limit, cursor } = message;
    return listTransactions(this.#deps.db, { accounts: new Map(tracked), from, to, limit, cursor });
  }
}
