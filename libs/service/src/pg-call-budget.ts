import { CallBudget, type CallRequest, decideCall, type MadeCall } from '#providers';
import { type Database, migrate } from '#read-model';

const SCHEMA = 'call_budget';

/**
 * The budget of calls in PostgreSQL, for all processes that share it and over their restarts. The time is the server's. After a
 * crash of the server the last calls may be forgotten: the provider's own refusal (429) is obeyed all the same.
 */
export class PgCallBudget extends CallBudget {
  readonly #db: Database;
  readonly #perMinute: number;
  #whenRefused: (request: CallRequest) => void = () => undefined;

  constructor(db: Database, perMinute: number) {
    super();
    this.#db = db;
    this.#perMinute = perMinute;
  }

  prepare(): Promise<void> {
    return migrate(this.#db, SCHEMA, [
      `CREATE TABLE {schema}.minutes (domain text PRIMARY KEY, calls jsonb NOT NULL);`,
    ]);
  }

  /** @param tell hears of each call that had to wait */
  onRefusal(tell: (request: CallRequest) => void): void {
    this.#whenRefused = tell;
  }

  /** How many calls each domain may still get at this moment, its reserve for people included. */
  async left(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#db.query<{ domain: string; made: string }>(
      `SELECT domain, (SELECT count(*) FROM jsonb_array_elements(calls) AS made
         WHERE (made->>0)::numeric > extract(epoch FROM clock_timestamp()) * 1000 - 60000)::text AS made
       FROM ${SCHEMA}.minutes`,
    );
    return new Map(rows.map(({ domain, made }) => [domain, Math.max(0, this.#perMinute - Number(made))]));
  }

  override async take(request: CallRequest): Promise<number> {
    const waitMs = await this.#take(request);
    if (waitMs > 0) this.#whenRefused(request);
    return waitMs;
  }

  #take(request: CallRequest): Promise<number> {
    return this.#db.transaction(
      async (tx) => {
        await tx.execute(`INSERT INTO ${SCHEMA}.minutes VALUES ($1, '[]') ON CONFLICT DO NOTHING`, [
          request.domain,
        ]);
        await tx.query(`SELECT FROM ${SCHEMA}.minutes WHERE domain = $1 FOR UPDATE`, [request.domain]);
        // Asked after the lock: whoever held it may have taken a while.
        const [row] = await tx.query<{ made: string; now: string }>(
          `SELECT calls::text AS made, (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text AS now
             FROM ${SCHEMA}.minutes WHERE domain = $1`,
          [request.domain],
        );
        const made = JSON.parse(row?.made ?? '[]') as MadeCall[];
        const { waitMs, calls } = decideCall(made, request, this.#perMinute, Number(row?.now));
        if (waitMs === 0) {
          const text = JSON.stringify(calls);
          await tx.execute(`UPDATE ${SCHEMA}.minutes SET calls = $2::jsonb WHERE domain = $1`, [
            request.domain,
            text,
          ]);
        }
        return waitMs;
      },
      { durable: false },
    );
  }
}
