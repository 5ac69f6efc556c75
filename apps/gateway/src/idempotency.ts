import { createHash } from 'node:crypto';
import { derivedId } from '#event-store';
import { canonicalJson, DomainError } from '#kernel';
import { type Database, migrate } from '#read-model';
import { asSealed, type Vault } from '#vault';
import { v7 } from 'uuid';
import type { Caller } from './callers.js';

const SCHEMA = 'gateway';
const KEEP = '7 days';
/** A first call that has not answered after this died with its process; the next one takes its place. */
const ABANDONED = '60 seconds';
const WAIT_MS = 10_000;
const POLL_MS = 50;

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

interface KeptAnswer {
  readonly request_hash: string;
  readonly status: number | null;
  readonly body: string | null;
}

/** Stable id of a call with an `Idempotency-Key`, and a fresh one without: the commands that it sends carry it. */
export const callId = (caller: Caller, action: string, key: string | undefined): string =>
  key === undefined ? v7() : derivedId('idempotency', caller.name, action, key);

/**
 * First answers by `Idempotency-Key`, sealed because they may hold link addresses. What a repeat does beyond the table's
 * memory is harmless too: the commands themselves are recognised by their ids.
 */
export class Idempotency {
  readonly #db: Database;
  readonly #vault: Vault;

  constructor(db: Database, vault: Vault) {
    this.#db = db;
    this.#vault = vault;
  }

  prepare(): Promise<void> {
    return migrate(this.#db, SCHEMA, [
      `CREATE TABLE {schema}.answers (
         caller text NOT NULL, key text NOT NULL, request_hash text NOT NULL, status integer, body text,
         created_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (caller, key)
       );
       CREATE INDEX answers_by_age ON {schema}.answers (created_at);`,
    ]);
  }

  /** Forgets old answers. */
  async forgetOld(): Promise<void> {
    await this.#db.execute(`DELETE FROM ${SCHEMA}.answers WHERE created_at < now() - interval '${KEEP}'`);
  }

  /**
   * The first answer to this key, or `work` when it is the first. An error is not kept: the call may be repeated.
   * @throws {DomainError} `idempotency.key-reused`, `idempotency.in-progress`
   */
  async once<T>(
    caller: Caller,
    key: string | undefined,
    request: unknown,
    work: () => Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    if (key === undefined) return work();
    const hash = createHash('sha256').update(canonicalJson(request)).digest('hex');
    for (const deadline = Date.now() + WAIT_MS; Date.now() < deadline;) {
      if (await this.#claim(caller, key, hash)) return this.#first(caller, key, work);
      const kept = await this.#kept<T>(caller, key, hash);
      if (kept) return kept;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new DomainError(
      'idempotency.in-progress',
      'The first call with this Idempotency-Key is still at work.',
    );
  }

  async #claim(caller: Caller, key: string, hash: string): Promise<boolean> {
    const claimed = await this.#db.execute(
      `INSERT INTO ${SCHEMA}.answers AS kept (caller, key, request_hash) VALUES ($1, $2, $3)
       ON CONFLICT (caller, key) DO UPDATE SET created_at = now()
         WHERE kept.status IS NULL AND kept.request_hash = excluded.request_hash
           AND kept.created_at < now() - interval '${ABANDONED}'`,
      [caller.name, key, hash],
    );
    return claimed > 0;
  }

  async #first<T>(caller: Caller, key: string, work: () => Promise<Answer<T>>): Promise<Answer<T>> {
    try {
      const answer = await work();
      await this.#db.execute(
        `UPDATE ${SCHEMA}.answers SET status = $3, body = $4 WHERE caller = $1 AND key = $2`,
        [caller.name, key, answer.status, this.#vault.seal(JSON.stringify(answer.body))],
      );
      return answer;
    } catch (error) {
      await this.#db.execute(
        `DELETE FROM ${SCHEMA}.answers WHERE caller = $1 AND key = $2 AND status IS NULL`,
        [caller.name, key],
      );
      throw error;
    }
  }

  async #kept<T>(caller: Caller, key: string, hash: string): Promise<Answer<T> | null> {
    const [kept] = await this.#db.query<KeptAnswer>(
      `SELECT request_hash, status, body FROM ${SCHEMA}.answers WHERE caller = $1 AND key = $2`,
      [caller.name, key],
    );
    if (kept && kept.request_hash !== hash) {
      throw new DomainError('idempotency.key-reused', 'This Idempotency-Key was used for another request.');
    }
    if (!kept || kept.status === null || kept.body === null) return null;
    const body = JSON.parse(this.#vault.open(asSealed(kept.body)).reveal()) as T;
    return { status: kept.status, body };
  }
}
