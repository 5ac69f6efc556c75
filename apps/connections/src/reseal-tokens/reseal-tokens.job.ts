import { PROVIDERS } from '#contracts';
import { connection, liveWebhookKeys, tokensInUse, webhookKeys } from '#domain';
import { fold, runDecider } from '#event-store';
import { errorText, Failures } from '#kernel';
import { type LockKeeper, underLock } from '#read-model';
import { rowsById } from '#service';
import { asSealed } from '#vault';
import { Logger } from '@nestjs/common';
import { CONNECTION_STATUS } from '../connection-rows.js';
import type { ConnectionsDeps } from '../connections-deps.js';

interface Row {
  readonly id: string;
  readonly tenant_id: string;
}

const LOCK = 'passerelle:reseal-tokens';
const BATCH = 500;

/** Which one it is: its holder has to link it anew. */
const ofConnection =
  ({ id }: Row) =>
  (cause: unknown): never => {
    throw new Error(`Connection ${id}: ${errorText(cause)}`, { cause });
  };

/**
 * While there is more than one encryption key: seals the stored tokens, and the webhook secrets that were registered, by the
 * first, so that the others can be retired. Only the log knows the tokens: each connection is looked at, which its snapshot
 * makes cheap.
 */
export class ResealTokensJob {
  readonly #logger = new Logger('ResealTokens');
  readonly #deps: ConnectionsDeps;
  readonly #keeper: Pick<LockKeeper, 'tryLock'>;
  #told = false;

  constructor(deps: ConnectionsDeps, keeper: Pick<LockKeeper, 'tryLock'>) {
    this.#deps = deps;
    this.#keeper = keeper;
  }

  async sweep(stopping?: AbortSignal): Promise<void> {
    if (this.#deps.vault.fingerprints.length < 2) return;
    await underLock(this.#keeper, LOCK, (until) => this.#resealAll(until), stopping);
  }

  async #resealAll(until: AbortSignal): Promise<void> {
    const failures = new Failures();
    let resealed = 0;
    const counted = async (work: () => Promise<number>): Promise<void> => {
      resealed += (await failures.during(work)) ?? 0;
    };
    for (const provider of PROVIDERS) {
      if (!until.aborted) await counted(() => this.#resealWebhookSecrets(provider));
    }
    for await (const row of rowsById((after) => this.#rows(after), until)) {
      await counted(() => this.#resealTokens(row).catch(ofConnection(row)));
    }
    this.#tell(resealed, failures.count, until.aborted);
    failures.throwAny();
  }

  #rows(after: string): Promise<readonly Row[]> {
    return this.#deps.db.query<Row>(
      `SELECT id, tenant_id FROM ${CONNECTION_STATUS}.connections WHERE id > $1 ORDER BY id LIMIT ${BATCH}`,
      [after],
    );
  }

  /** How many tokens of the connection were sealed anew. */
  async #resealTokens({ id, tenant_id: tenantId }: Row): Promise<number> {
    const { state } = await fold(this.#deps, connection, id);
    if (state.status === 'none') return 0;
    let resealed = 0;
    for (const { sealedToken: from } of tokensInUse(state)) {
      const sealedToken = this.#deps.vault.reseal(asSealed(from));
      if (sealedToken === from) continue;
      const command = { type: 'ResealToken' as const, from, sealedToken, now: this.#deps.clock.now() };
      const { events } = await runDecider(this.#deps, connection, id, command, {
        metadata: this.#deps.metadata(tenantId),
      });
      resealed += events.length;
    }
    return resealed;
  }

  async #resealWebhookSecrets(provider: (typeof PROVIDERS)[number]): Promise<number> {
    const { state } = await fold(this.#deps, webhookKeys, provider);
    let resealed = 0;
    for (const { fingerprint, sealedSecret: from } of liveWebhookKeys(state)) {
      const sealedSecret = this.#deps.vault.reseal(asSealed(from));
      if (sealedSecret === from) continue;
      const command = { type: 'ResealWebhookSecret' as const, fingerprint, from, sealedSecret };
      const { events } = await runDecider(this.#deps, webhookKeys, provider, command, {
        metadata: this.#deps.metadata(null),
      });
      resealed += events.length;
    }
    return resealed;
  }

  /** Once it is so: the line that the operator waits for before an old key is retired. */
  #tell(resealed: number, failed: number, isAborted: boolean): void {
    const [first, ...old] = this.#deps.vault.fingerprints;
    if (resealed > 0) this.#logger.log(`${resealed} stored secret(s) are sealed anew by the key ${first}.`);
    if (failed > 0 || isAborted) {
      this.#told = false;
      return;
    }
    if (this.#told && resealed === 0) return;
    this.#told = true;
    this.#logger.log(
      `Every stored token and webhook secret is sealed by the key ${first}: they need ${old.join(', ')} no more.`,
    );
  }
}
