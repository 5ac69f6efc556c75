import { Failures } from '#kernel';
import { type LockKeeper, underLock } from '#read-model';
import { CONNECTION_STATUS } from '../connection-rows.js';
import type { ConnectionsDeps } from '../connections-deps.js';
import { lookForLink } from './look-for-link.js';

interface Row {
  readonly id: string;
  readonly updated_at: string;
}

const LOCK = 'passerelle:find-lost-links';
const MINUTE_MS = 60_000;
/** How long after a link page was made the provider is asked whether it was used; most people are back before the first. */
const LOOKS_AFTER_MS = [2, 10, 40, 180, 720].map((minutes) => minutes * MINUTE_MS);
const GIVEN_UP_AFTER_MS = 1_440 * MINUTE_MS;
/** Providers grant few calls a minute, and people who link now come first. */
const LOOKS_AT_ONCE = 5;

/**
 * A person may link the bank and close the browser before it comes back to us: then nobody tells. A few times after a link
 * page was made the provider is asked, and what it shows becomes the link as if the browser had come back.
 */
export class FindLostLinksJob {
  readonly #deps: ConnectionsDeps;
  readonly #keeper: Pick<LockKeeper, 'tryLock'>;
  /** Looks taken since the link page of that time; forgotten by a restart, which costs a few looks again. */
  #taken = new Map<string, { readonly since: string; readonly looks: number }>();

  constructor(deps: ConnectionsDeps, keeper: Pick<LockKeeper, 'tryLock'>) {
    this.#deps = deps;
    this.#keeper = keeper;
  }

  sweep(stopping?: AbortSignal): Promise<void> {
    return underLock(this.#keeper, LOCK, (until) => this.#lookAtDue(until), stopping);
  }

  async #lookAtDue(until: AbortSignal): Promise<void> {
    const nowMs = Date.parse(this.#deps.clock.now());
    const rows = await this.#waiting(nowMs);
    const waiting = new Set(rows.map(({ id }) => id));
    this.#taken = new Map([...this.#taken].filter(([id]) => waiting.has(id)));
    const due = rows.filter((row) => this.#looksDue(row, nowMs) > this.#looksTaken(row));
    const failures = new Failures();
    for (const row of due.slice(0, LOOKS_AT_ONCE)) {
      if (until.aborted) return;
      this.#taken.set(row.id, { since: row.updated_at, looks: this.#looksDue(row, nowMs) });
      await failures.during(() => lookForLink(this.#deps, row.id));
    }
    failures.throwAny();
  }

  /** The last that happens to a connection before it is linked is that a page is made for it. */
  #waiting(nowMs: number): Promise<readonly Row[]> {
    const at = (agoMs: number) => new Date(nowMs - agoMs).toISOString();
    return this.#deps.db.query<Row>(
      `SELECT id, updated_at FROM ${CONNECTION_STATUS}.connections
       WHERE status = 'pending' AND updated_at BETWEEN $1::timestamptz AND $2::timestamptz ORDER BY updated_at, id`,
      [at(GIVEN_UP_AFTER_MS), at(LOOKS_AFTER_MS[0] ?? 0)],
    );
  }

  /** After a time without looking, one look stands for those that were missed. */
  #looksDue({ updated_at: since }: Row, nowMs: number): number {
    return LOOKS_AFTER_MS.filter((afterMs) => nowMs - Date.parse(since) >= afterMs).length;
  }

  #looksTaken({ id, updated_at: since }: Row): number {
    const taken = this.#taken.get(id);
    return taken?.since === since ? taken.looks : 0;
  }
}
