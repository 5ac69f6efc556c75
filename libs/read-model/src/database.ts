import { Client, type ClientConfig, Pool, type PoolClient } from 'pg';
import { DatabaseUnavailable, translated } from './database-errors.js';
import { valueTypes } from './value-types.js';

/** Where statements go: the pool, or one transaction. Values arrive as `value-types.ts` says. */
export interface Sql {
  /** The rows of one statement; `$1`, `$2`, … stand for `params`. */
  query<Row extends object>(text: string, params?: readonly unknown[]): Promise<Row[]>;
  /** The number of rows that the statement wrote. Without `params` the text may hold several statements. */
  execute(text: string, params?: readonly unknown[]): Promise<number>;
}

export interface DatabaseOptions {
  /** Greatest number of pooled connections (default 8); locks use one more. */
  readonly poolSize?: number;
  readonly applicationName?: string;
  /** Told of connections that break while idle; the pool replaces them by itself. */
  readonly onConnectionLost?: (error: Error) => void;
}

export interface TransactionOptions {
  /**
   * `false`: the commit does not wait for the disk. After a crash of the server the last transactions may be missing as
   * a whole, so this is for what is rebuilt from the log together with its checkpoint.
   */
  readonly durable?: boolean;
}

const CONNECT_TIMEOUT_MS = 5_000;

const sqlOn = (client: Pool | PoolClient): Sql => {
  const run = async (text: string, params?: readonly unknown[]) => {
    try {
      return await client.query<object>(text, params ? [...params] : undefined);
    } catch (error) {
      throw translated(error);
    }
  };
  return {
    query: async <Row extends object>(text: string, params?: readonly unknown[]) =>
      (await run(text, params)).rows as Row[],
    execute: async (text, params) => (await run(text, params)).rowCount ?? 0,
  };
};

/** PostgreSQL through a small pool. Broken connections are replaced; callers see {@link DatabaseUnavailable}. */
export class Database implements Sql {
  readonly #pool: Pool;
  readonly #connection: ClientConfig;
  readonly #sql: Sql;

  constructor(url: string, options: DatabaseOptions = {}) {
    this.#connection = {
      connectionString: url,
      application_name: options.applicationName ?? 'passerelle',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      types: valueTypes,
    };
    this.#pool = new Pool({ ...this.#connection, max: options.poolSize ?? 8 });
    this.#pool.on('error', (error) => options.onConnectionLost?.(error));
    this.#sql = sqlOn(this.#pool);
  }

  query<Row extends object>(text: string, params?: readonly unknown[]): Promise<Row[]> {
    return this.#sql.query<Row>(text, params);
  }

  execute(text: string, params?: readonly unknown[]): Promise<number> {
    return this.#sql.execute(text, params);
  }

  /** Commits when `work` resolves, rolls back when it rejects. Every statement of `work` must go through `tx`. */
  async transaction<T>(work: (tx: Sql) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const client = await this.#acquire();
    let broken: Error | undefined;
    const onError = (error: Error) => (broken = error);
    client.on('error', onError);
    try {
      const tx = sqlOn(client);
      await tx.execute(options.durable === false ? 'BEGIN; SET LOCAL synchronous_commit = off' : 'BEGIN');
      const result = await work(tx);
      await commit(client);
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((failure: Error) => (broken ??= failure));
      throw translated(error);
    } finally {
      client.removeListener('error', onError);
      client.release(broken);
    }
  }

  /** A connection of its own beside the pool, for session-level locks; the caller listens to `error` and ends it. */
  async connectAlone(): Promise<Client> {
    const client = new Client(this.#connection);
    client.on('error', () => undefined);
    await client.connect().catch((error: unknown) => {
      throw new DatabaseUnavailable(error);
    });
    return client;
  }

  /** Resolves when the server answers; rejects with {@link DatabaseUnavailable}. For health checks. */
  async ping(): Promise<void> {
    await this.query('SELECT 1');
  }

  async close(): Promise<void> {
    if (!this.#pool.ended) await this.#pool.end();
  }

  async #acquire(): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw new DatabaseUnavailable(error);
    }
  }
}

/** A transaction in which a statement failed answers COMMIT with ROLLBACK, and no error. */
const commit = async (client: PoolClient): Promise<void> => {
  const { command } = await client.query('COMMIT');
  if (command !== 'COMMIT') {
    throw new Error(
      'The transaction was rolled back: one of its statements failed and the failure was ignored.',
    );
  }
};
