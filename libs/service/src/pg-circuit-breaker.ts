import {
  type Admission,
  afterReport,
  type Circuit,
  CircuitBreaker,
  type CircuitReport,
  type CircuitRequest,
  type CircuitRules,
  type CircuitState,
  type CircuitVisit,
  CLOSED,
  decideAdmission,
  type FailedConnection,
} from '#providers';
import type { Database, Sql } from '#read-model';
import { Logger } from '@nestjs/common';
import { CIRCUITS, type OpenCircuit, openCircuits, prepareCircuits } from './open-circuits.js';

interface CircuitRow {
  readonly failures: number;
  readonly failed: readonly FailedConnection[];
  readonly pauses: number;
  readonly until_ms: string;
  readonly probe_until_ms: string;
  readonly now_ms: string;
}

const READ = `SELECT failures, failed, pauses, until_ms::text, probe_until_ms::text,
    (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text AS now_ms
  FROM ${CIRCUITS}.circuits WHERE provider = $1 AND bank = $2`;

const stateOf = (row: CircuitRow): CircuitState => ({
  failures: row.failures,
  failed: row.failed,
  pauses: row.pauses,
  untilMs: Number(row.until_ms),
  probeUntilMs: Number(row.probe_until_ms),
});

const isSame = (a: CircuitState, b: CircuitState): boolean =>
  a.failures === b.failures &&
  a.failed === b.failed &&
  a.pauses === b.pauses &&
  a.untilMs === b.untilMs &&
  a.probeUntilMs === b.probeUntilMs;

/**
 * The circuits of all banks in PostgreSQL, for all processes that share it and over their restarts. The time is the server's.
 * A bank that never failed has no row and costs one look-up.
 */
export class PgCircuitBreaker extends CircuitBreaker {
  readonly #logger = new Logger('BankCircuits');
  readonly #db: Database;
  readonly #rules: CircuitRules;

  constructor(db: Database, rules: CircuitRules) {
    super();
    this.#db = db;
    this.#rules = rules;
  }

  prepare(): Promise<void> {
    return prepareCircuits(this.#db);
  }

  override async admit(circuit: Circuit, request: CircuitRequest): Promise<Admission> {
    const [row] = await this.#db.query<CircuitRow>(READ, [circuit.provider, circuit.bank]);
    if (!row || row.pauses === 0) return { kind: 'closed', failures: row?.failures ?? 0 };
    return this.#change(circuit, (state, nowMs) => {
      const { admission, state: next } = decideAdmission(state, request, this.#rules, nowMs);
      return { state: next, result: admission };
    });
  }

  override async report(
    circuit: Circuit,
    visit: CircuitVisit,
    report: CircuitReport,
  ): Promise<string | null> {
    const { kind, failures } = visit.admission;
    const isGood = report === 'ok' || report === 'answered';
    // Nothing to end, and nothing to begin.
    if (kind !== 'probe' && (report === 'neutral' || (isGood && failures === 0))) return null;
    return this.#change(circuit, (before, nowMs) => {
      const state = afterReport(before, visit, report, this.#rules, nowMs);
      this.#tell(circuit, before, state);
      return { state, result: state.pauses === 0 ? null : new Date(state.untilMs).toISOString() };
    });
  }

  /** The banks that are left alone, or were and have not answered since. */
  open(): Promise<readonly OpenCircuit[]> {
    return openCircuits(this.#db);
  }

  #change<T>(
    circuit: Circuit,
    change: (state: CircuitState, nowMs: number) => { readonly state: CircuitState; readonly result: T },
  ): Promise<T> {
    return this.#db.transaction(
      async (tx) => {
        const key = [circuit.provider, circuit.bank];
        await tx.execute(
          `INSERT INTO ${CIRCUITS}.circuits VALUES ($1, $2, 0, 0, 0, 0, '[]') ON CONFLICT DO NOTHING`,
          key,
        );
        await tx.query(`SELECT FROM ${CIRCUITS}.circuits WHERE provider = $1 AND bank = $2 FOR UPDATE`, key);
        // Asked after the lock: whoever held it may have changed it.
        const [row] = await tx.query<CircuitRow>(READ, key);
        const before = row ? stateOf(row) : CLOSED;
        const { state, result } = change(before, Number(row?.now_ms));
        if (!isSame(before, state)) await this.#store(tx, key, state);
        return result;
      },
      { durable: false },
    );
  }

  async #store(tx: Sql, key: readonly string[], state: CircuitState): Promise<void> {
    const { failures, failed, pauses, untilMs, probeUntilMs } = state;
    await tx.execute(
      `UPDATE ${CIRCUITS}.circuits SET failures = $3, pauses = $4, until_ms = $5, probe_until_ms = $6, failed = $7
         WHERE provider = $1 AND bank = $2`,
      [...key, failures, pauses, untilMs, probeUntilMs, JSON.stringify(failed)],
    );
  }

  #tell({ provider, bank }: Circuit, before: CircuitState, after: CircuitState): void {
    const name = `${bank} through ${provider}`;
    if (after.pauses > before.pauses) {
      const until = new Date(after.untilMs).toISOString();
      const [first, ...others] = after.failed;
      const whom = first && others.length === 0 ? ` for connection ${first.connectionId} alone` : '';
      this.#logger.warn(
        `${name} failed ${after.failures} times in a row${whom}; it is left alone until ${until}.`,
      );
    } else if (before.pauses > 0 && after.pauses === 0) this.#logger.log(`${name} answers again.`);
  }
}
