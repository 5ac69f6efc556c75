import type { Client } from 'pg';
import { pause } from './backoff.js';
import type { Database } from './database.js';
import { DatabaseUnavailable } from './database-errors.js';
import { lockKey, lockKeyHalves } from './lock-key.js';

/** A session-level advisory lock that this process holds. */
export interface Lock {
  readonly name: string;
  /** Aborted when the lock is gone without `release`: the connection broke, another process may hold it now. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

interface Session {
  readonly client: Client;
  readonly held: Map<string, AbortController>;
}

const PING_EVERY_MS = 5_000;
const ANSWER_WITHIN_MS = 5_000;
const GOODBYE_WITHIN_MS = 500;

/**
 * Holds all advisory locks of this process on one connection of its own, which is opened when first needed and again
 * after it broke. A server that does not answer for five seconds counts as lost, with every lock.
 */
export class LockKeeper {
  readonly #db: Database;
  readonly #wanted = new Set<string>();
  #session: Session | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #pinger: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * The lock, or `null` when somebody holds it: another process, or this one already.
   * @throws {DatabaseUnavailable}
   */
  async tryLock(name: string): Promise<Lock | null> {
    if (this.#wanted.has(name)) return null;
    this.#wanted.add(name);
    try {
      const lock = await this.#inTurn(() => this.#acquire(name));
      if (!lock) this.#wanted.delete(name);
      return lock;
    } catch (error) {
      this.#wanted.delete(name);
      throw error;
    }
  }

  /** Whether any process holds the lock now. */
  async isLocked(name: string): Promise<boolean> {
    const rows = await this.#db.query(
      `SELECT 1 FROM pg_locks
       WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND classid = $1 AND objid = $2
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      lockKeyHalves(name),
    );
    return rows.length > 0;
  }

  /** Releases everything. The locks handed out count as lost. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#turn.catch(() => undefined);
    const client = this.#session?.client;
    this.#drop(this.#session);
    await Promise.race([client?.end().catch(() => undefined), pause(GOODBYE_WITHIN_MS)]);
  }

  async #acquire(name: string): Promise<Lock | null> {
    const session = await this.#open();
    const [row] = await this.#ask<{ got: boolean }>(session, 'SELECT pg_try_advisory_lock($1) AS got', [
      lockKey(name),
    ]);
    if (!row?.got) return null;
    const gone = new AbortController();
    session.held.set(name, gone);
    return { name, lost: gone.signal, release: () => this.#release(session, name, gone) };
  }

  async #release(session: Session, name: string, gone: AbortController): Promise<void> {
    if (session.held.get(name) !== gone) return;
    session.held.delete(name);
    try {
      await this.#inTurn(() => this.#ask(session, 'SELECT pg_advisory_unlock($1)', [lockKey(name)]));
    } catch {
      this.#drop(session);
    } finally {
      this.#wanted.delete(name);
    }
  }

  async #open(): Promise<Session> {
    if (this.#closed) throw new DatabaseUnavailable(new Error('the lock keeper was closed'));
    if (this.#session) return this.#session;
    const client = await this.#db.connectAlone();
    const session: Session = { client, held: new Map() };
    const onGone = () => this.#drop(session);
    client.once('error', onGone).once('end', onGone);
    this.#session = session;
    this.#pinger = setInterval(() => void this.#ping(session), PING_EVERY_MS).unref();
    return session;
  }

  async #ping(session: Session): Promise<void> {
    await this.#inTurn(() => this.#ask(session, 'SELECT 1')).catch(() => this.#drop(session));
  }

  /** One statement, with a deadline: a half-open connection must not look alive. */
  async #ask<Row>(session: Session, text: string, params: readonly unknown[] = []): Promise<Row[]> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('no answer in time')), ANSWER_WITHIN_MS);
    });
    try {
      const answer = await Promise.race([session.client.query(text, [...params]), deadline]);
      return answer.rows as Row[];
    } catch (error) {
      this.#drop(session);
      throw new DatabaseUnavailable(error);
    } finally {
      clearTimeout(timer);
    }
  }

  #drop(session: Session | null): void {
    if (!session || session !== this.#session) return;
    this.#session = null;
    if (this.#pinger) clearInterval(this.#pinger);
    for (const [name, gone] of session.held) {
      this.#wanted.delete(name);
      gone.abort(new DatabaseUnavailable(new Error(`the lock "${name}" was lost with its connection`)));
    }
    session.held.clear();
    session.client.end().catch(() => undefined);
  }

  /** The driver takes one statement at a time. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work, work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
