import { connection, type ConnectionCommand, ledgersInReach } from '#domain';
import { derivedId, runDecider } from '#event-store';
import { DomainError, streamOf } from '#kernel';
import { type KnownConnection, knownConnection } from '#service';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { accountView } from '../account-view.js';
import { looksOf } from '../account-looks.js';
import { ConnectionsDeps } from '../connections-deps.js';
import { DecideOnAccount, type DecidedAccount } from './decide-on-account.command.js';
import { ledgerUses } from './ledger-uses.js';

const unknownAccount = () => new DomainError('account.unknown', 'The connection has no such account.');

@CommandHandler(DecideOnAccount)
export class DecideOnAccountHandler implements ICommandHandler<DecideOnAccount, DecidedAccount> {
  readonly #deps: ConnectionsDeps;

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps;
  }

  async execute(asked: DecideOnAccount): Promise<DecidedAccount> {
    const { connectionId, scope, providerAccountId } = asked;
    const known = await knownConnection(this.#deps, connectionId, scope);
    const command = await this.#commandFor(asked, known);
    const metadata = this.#deps.metadata(known.tenantId);
    const { state, position } = await runDecider(this.#deps, connection, connectionId, command, { metadata });
    if (state.status === 'none') throw unknownAccount();
    const account = state.accounts.find((each) => each.providerAccountId === providerAccountId);
    if (!account) throw unknownAccount();
    // The next decision, about an account of another connection, is to see this one.
    if (position !== null) await this.#deps.rowsAt(position);
    const looks = await looksOf(this.#deps.db, connectionId);
    return { account: accountView(account, state, looks), position };
  }

  async #commandFor(
    { connectionId, providerAccountId, decision }: DecideOnAccount,
    known: KnownConnection,
  ): Promise<ConnectionCommand> {
    const now = this.#deps.clock.now();
    if (decision.action === 'ignore') return { type: 'IgnoreAccount', providerAccountId, now };
    const { tenantId } = known;
    const { accountId, ledgerId } = decision;
    if (ledgerId !== null) await this.#expectLedger(ledgerId, tenantId);
    const logId = await this.#deps.store.logId();
    const spareLedgerId = derivedId('ledger', logId, tenantId, 'spare', connectionId, providerAccountId);
    const ledgerIds = ledgerId === null ? ledgersInReach(known, { providerAccountId }) : [ledgerId];
    const ledgers = await ledgerUses(this.#deps.db, { tenantId, connectionId, ledgerIds });
    return { type: 'TrackAccount', providerAccountId, accountId, ledgerId, spareLedgerId, ledgers, now };
  }

  /** A ledger is there from its first transaction or balance on; another tenant's is as good as none. */
  async #expectLedger(ledgerId: string, tenantId: string): Promise<void> {
    const first = this.#deps.store.readStream(streamOf('ledger', ledgerId), { maxCount: 1 });
    for await (const { data } of first) {
      if ((data as { readonly tenantId?: unknown }).tenantId === tenantId) return;
    }
    throw new DomainError('account.unknown-ledger', 'There is no such ledger to continue.');
  }
}
