import { PasserelleProblem } from '#client';
import { pressOnLinkPage } from '../../apps/stack/src/demo/person-at-webview.js';
import { eventually } from '../harness/index.js';
import { BankAccountKeeper } from './bank-account-keeper.js';
import type { Play } from './play.js';

/** Nobody decided anything: the same call may go well in a moment. */
const isPassing = (error: unknown): boolean =>
  !(error instanceof PasserelleProblem) ||
  error.status === null ||
  error.status >= 500 ||
  error.status === 429 ||
  error.code === 'idempotency.in-progress';

/** Says again what a busy service could not answer in time; a refusal stands. */
export const patiently = async <T>(call: () => Promise<T>): Promise<T> => {
  const answered = await eventually(
    async () => {
      try {
        return { value: await call() };
      } catch (error) {
        if (isPassing(error)) throw error;
        return { error };
      }
    },
    { withinMs: 120_000, everyMs: 500 },
  );
  if ('error' in answered) throw answered.error;
  return answered.value;
};

/** What is in the way of somebody who works with a bank in trouble: what was wanted does not fit any more, or fails now. */
const IN_THE_WAY = new Set([404, 409, 422, 429, 502, 503, 504]);

/** Those who use the connection of one random bank: they pause it, ignore an account, or go through the bank's page once more. */
export class Person {
  readonly accounts: BankAccountKeeper;
  readonly #play: Play;
  readonly #random: () => number;

  constructor(play: Play, random: () => number) {
    this.#play = play;
    this.#random = random;
    this.accounts = new BankAccountKeeper(play);
  }

  /** On some days they do something; whatever is refused then is left. */
  async act(): Promise<void> {
    const [wish, choice] = [this.#random(), this.#random()];
    if (wish < 0.7 || this.#play.end) return;
    const acts = [
      () => this.#switch(false),
      () => this.#switch(true),
      // What an ignored account had is not shown with its connection: nobody could tell what is left after the end.
      () => (this.#play.isToEnd ? undefined : this.accounts.ignoreOne(choice)),
      () => this.accounts.trackAll(),
      () => this.#relink(),
    ];
    const act = acts[Math.floor(((wish - 0.7) / 0.3) * acts.length)];
    try {
      await act?.();
    } catch (error) {
      if (!(error instanceof PasserelleProblem) || !IN_THE_WAY.has(error.status ?? 503)) throw error;
      this.#play.tell(`  refused: ${error.code}`);
    }
  }

  /** The bank is well: they do what only they can, so that the connection is well, too. */
  async putRight(): Promise<void> {
    const { api, connectionId, end } = this.#play;
    if (end) {
      // What is paused is not looked at again by itself, so that a run that was told to wait would be the last one.
      await patiently(() => this.#switch(true)).catch((error: unknown) => {
        if (!(error instanceof PasserelleProblem) || error.status !== 409) throw error;
      });
      return this.#play.askForSync();
    }
    await patiently(() => this.#switch(true));
    await this.#play.lastSync();
    const { status, actionOwner, statusReason } = await api.getConnection(connectionId);
    if (status === 'error' && actionOwner === 'user' && !statusReason?.startsWith('account.'))
      await patiently(() => this.#relink());
    await patiently(() => this.accounts.trackAllShown());
  }

  async #switch(syncEnabled: boolean): Promise<void> {
    const { api, connectionId } = this.#play;
    if ((await api.getConnection(connectionId)).syncEnabled === syncEnabled) return;
    this.#play.tell(`  the connection is ${syncEnabled ? 'resumed' : 'paused'}`);
    await api.changeSettings(connectionId, { syncEnabled });
  }

  /** Goes through the bank's page, and comes back to us. */
  async #relink(): Promise<void> {
    const { linkUrl } = await this.#play.api.link(this.#play.connectionId);
    const back = new URL(await pressOnLinkPage(linkUrl));
    const callback = new URL(back.pathname + back.search, this.#play.gatewayUrl);
    const answer = await fetch(callback, { headers: { accept: 'application/json' } });
    const said = (await answer.json()) as Record<string, unknown>;
    this.#play.tell(`  the bank’s page was visited: ${String(said['outcome'] ?? said['code'])}`);
    if (!answer.ok) throw new PasserelleProblem(answer.status, said);
  }
}
