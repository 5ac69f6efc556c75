import {
  GetTransactionRpc,
  ListTransactionsRpc,
  type Page,
  RPC_SUBJECTS,
  type TransactionDetailsView,
  type TransactionView,
} from '#contracts';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { LEDGER } from '../ledger-tables.js';
import { Answers, seeOwnWrites, knownConnection } from '#service';
import { SyncDeps } from '../sync-deps.js';
import { getTransaction } from './get-transaction.query.js';
import { listTransactions } from './list-transactions.query.js';

@Controller()
export class TransactionsController {
  readonly #deps: SyncDeps;

  constructor(deps: SyncDeps) {
    this.#deps = deps;
  }

  @Answers(RPC_SUBJECTS.listTransactions)
  async onList(@Payload() message: ListTransactionsRpc): Promise<Page<TransactionView>> {
    const { accounts } = await knownConnection(this.#deps, message.connectionId, message.scope);
    await seeOwnWrites(this.#deps.db, LEDGER, message.minPosition);
    const tracked = accounts.flatMap(({ ledgerId, trackedAs }) =>
      trackedAs === null ? [] : [[ledgerId, trackedAs] as const],
    );
    const { from, to, limit, cursor } = message;
    return listTransactions(this.#deps.db, { accounts: new Map(tracked), from, to, limit, cursor });
  }
  @Answers(RPC_SUBJECTS.getTransaction)
  async onGet(@Payload() { id, scope, minPosition }: GetTransactionRpc): Promise<TransactionDetailsView> {
    await seeOwnWrites(this.#deps.db, LEDGER, minPosition);
    return getTransaction(this.#deps.db, id, scope);
  }
}
