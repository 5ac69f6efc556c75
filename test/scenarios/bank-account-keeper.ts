import type { BankAccountView } from '#client';
import type { ScenarioView } from '../../apps/sandbox-bank/src/index.js';
import type { Play } from './play.js';

type BankAccount = ScenarioView['accounts'][number];

/** What a back-office says about the accounts of one bank: each is imported as what the scenario calls it. */
export class BankAccountKeeper {
  readonly #play: Play;

  constructor(play: Play) {
    this.#play = play;
  }

  /** Has every account imported that the bank shares and nobody imports: one that was found, was ignored, or has several heirs. */
  async trackAll(): Promise<void> {
    const { accounts } = await this.#play.bankView();
    for (const account of accounts) await this.#track(account);
  }

  /** The same when the bank has been looked at, and shows all its accounts: what a run saw reaches the list a moment later. */
  async trackAllShown(): Promise<void> {
    await this.trackAll();
    const { accounts } = await this.#play.bankView();
    const tracked = (await this.#known()).flatMap(({ id, status }) =>
      status === 'tracked' ? [Number(id)] : [],
    );
    const left = accounts.filter(
      ({ closed, accountIds }) =>
        !closed && accountIds.length > 0 && !accountIds.some((id) => tracked.includes(id)),
    );
    if (left.length > 0)
      throw new Error(`Nothing is imported from ${left.map(({ ref }) => ref).join(', ')}.`);
  }

  /** Stops the import of one of them, if any is imported; `choice` from 0 to 1. */
  async ignoreOne(choice: number): Promise<void> {
    const tracked = (await this.#known()).filter(({ status }) => status === 'tracked');
    const chosen = tracked[Math.floor(choice * tracked.length)];
    if (!chosen) return;
    this.#play.tell(`  account ${chosen.id} (${chosen.accountId}) is ignored`);
    await this.#play.api.decideOnAccount(this.#play.connectionId, chosen.id, { action: 'ignore' });
  }

  async #known(): Promise<readonly BankAccountView[]> {
    return (await this.#play.api.accounts(this.#play.connectionId)).items;
  }

  async #track({ ref, accountIds }: BankAccount): Promise<void> {
    const ours = (await this.#known()).filter(({ id }) => accountIds.includes(Number(id)));
    if (ours.some(({ status }) => status === 'tracked')) return;
    const heirs = ours.filter(({ status }) => ['ambiguous', 'ignored', 'untracked'].includes(status));
    const { seed } = this.#play;
    const heir = heirs[seed % heirs.length];
    if (!heir) return;
    const { api, connectionId } = this.#play;
    const [candidacy] = heir.candidateFor;
    const ledgerId = seed % 3 === 0 ? undefined : candidacy?.ledgerId;
    const decision = ledgerId
      ? ({ action: 'map', ledgerId, accountId: ref } as const)
      : ({ action: 'track', accountId: ref } as const);
    this.#play.tell(`  account ${heir.id} (${heir.status}): ${decision.action} as ${ref}`);
    await api.decideOnAccount(connectionId, heir.id, decision);
  }
}
