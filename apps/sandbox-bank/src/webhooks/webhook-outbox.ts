import { setMaxListeners } from 'node:events';
import type { WebhookEvents } from '../sandbox.js';
import type { Settings } from '../settings.js';
import type { Store } from '../store.js';
import { parisTimestamp } from '../timestamps.js';
import { postWebhook, type WebhookOutcome } from './post-webhook.js';
import { type Listener, listenerOf } from './subscriptions.js';

export interface OutboxRow {
  readonly id: number;
  readonly event: string;
  readonly id_user: number;
  readonly id_connection: number | null;
  readonly body: string;
  readonly created_ms: number;
  readonly attempts: number;
}

const MAX_FAILURES_PER_RUN = 10;
const MAX_TIMEOUTS_PER_RUN = 2;
/** Bodies beyond this size are dropped once delivered; smaller ones stay, to be sent again on request. */
const KEPT_BODY_BYTES = 65_536;

/**
 * Webhooks in a table: at once when the event happens, and again by the flusher until somebody answers 2xx. In one run
 * the flusher gives a webhook up after ten failures in a row or two timeouts, as the provider does.
 */
export class WebhookOutbox implements WebhookEvents {
  private readonly inFlight = new Set<number>();
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private flushing = false;

  constructor(
    private readonly store: Store,
    private readonly settings: Settings,
    private readonly now: () => number,
  ) {
    // Every attempt on its way listens to it, and a clock that is moved makes many at once.
    setMaxListeners(0, this.stopping.signal);
  }

  /** Begins to flush; `onTick` is called with every run. */
  start(onTick: () => void): void {
    const tick = (): void => {
      onTick();
      void this.flush().finally(() => {
        if (!this.stopping.signal.aborted) this.timer = setTimeout(tick, this.settings.flushEveryMs);
      });
    };
    this.timer = setTimeout(tick, 0);
  }

  stop(): void {
    this.stopping.abort();
    clearTimeout(this.timer);
  }

  add(event: string, userId: number, connectionId: number | null, body: object): void {
    this.addRaw(event, userId, connectionId, () => JSON.stringify(body).slice(1, -1));
  }

  addRaw(event: string, userId: number, connectionId: number | null, members: () => string): void {
    if (this.listenerOf(event) === null) return;
    const { id } = this.store.run(
      `INSERT INTO webhook_outbox (event, id_user, id_connection, created_ms, held)
       SELECT ?, ?, ?, ?, EXISTS (SELECT 1 FROM users WHERE id = ? AND expires_ms IS NOT NULL)`,
      event,
      userId,
      connectionId,
      this.now(),
      userId,
    );
    this.store.run(
      'UPDATE webhook_outbox SET body = ? WHERE id = ?',
      `{"id_webhook_data":${id},${members()}}`,
      id,
    );
    setImmediate(() => void this.attempt(id));
  }

  release(userId: number): void {
    const held = this.store.all<{ id: number }>(
      'SELECT id FROM webhook_outbox WHERE id_user = ? AND held = 1',
      userId,
    );
    this.store.run('UPDATE webhook_outbox SET held = 0 WHERE id_user = ? AND held = 1', userId);
    for (const { id } of held) setImmediate(() => void this.attempt(id));
  }

  /** Makes a delivered webhook pending again: the same id and the same body go out once more. */
  redeliver(id: number): boolean {
    const { changes } = this.store.run(
      'UPDATE webhook_outbox SET delivered_ms = NULL WHERE id = ? AND body IS NOT NULL',
      id,
    );
    if (changes > 0) setImmediate(() => void this.attempt(id));
    return changes > 0;
  }

  /** Sends what was held back so many times, and answers when it was sent or refused. A dropped body cannot go out again. */
  async sendHeld(id: number, times = 1): Promise<void> {
    for (let left = times; left > 0; left -= 1) {
      this.store.run(
        'UPDATE webhook_outbox SET held = 0, delivered_ms = NULL WHERE id = ? AND body IS NOT NULL',
        id,
      );
      await this.attempt(id, { goesOutAgain: left > 1 });
    }
  }

  /** One run over all that waits, oldest first. */
  async flush(): Promise<void> {
    if (this.flushing || this.settings.webhooksPaused) return;
    this.flushing = true;
    try {
      const given = new Map<string, { failures: number; timeouts: number }>();
      const pending = this.store.all<{ id: number; event: string }>(
        'SELECT id, event FROM webhook_outbox WHERE delivered_ms IS NULL AND held = 0 ORDER BY id',
      );
      for (const { id, event } of pending) {
        const count = given.get(event) ?? { failures: 0, timeouts: 0 };
        given.set(event, count);
        if (count.failures >= MAX_FAILURES_PER_RUN || count.timeouts >= MAX_TIMEOUTS_PER_RUN) continue;
        const outcome = await this.attempt(id);
        count.failures = outcome?.kind === 'failed' ? count.failures + 1 : 0;
        if (outcome?.kind === 'failed' && outcome.timeout) count.timeouts += 1;
      }
    } finally {
      this.flushing = false;
    }
  }

  private async attempt(id: number, { goesOutAgain = false } = {}): Promise<WebhookOutcome | undefined> {
    const { webhooksPaused, webhooksDuplicated } = this.settings;
    if (webhooksPaused || this.inFlight.has(id) || this.stopping.signal.aborted) return undefined;
    const row = this.store.first<OutboxRow>(
      'SELECT * FROM webhook_outbox WHERE id = ? AND delivered_ms IS NULL AND held = 0 AND body IS NOT NULL',
      id,
    );
    const listener = row ? this.listenerOf(row.event) : null;
    if (!row || !listener) return undefined;
    this.inFlight.add(id);
    try {
      const outcome = await this.send(listener, row);
      if (outcome.kind === 'delivered' && webhooksDuplicated) await this.send(listener, row);
      if (!this.stopping.signal.aborted) this.record(row, outcome, goesOutAgain);
      return outcome;
    } finally {
      this.inFlight.delete(id);
    }
  }

  private listenerOf(event: string): Listener | null {
    return listenerOf(this.store, this.settings, event);
  }

  private send({ url, secret }: Listener, row: OutboxRow): Promise<WebhookOutcome> {
    const token = this.store.first<{ token: string }>(
      "SELECT token FROM tokens WHERE id_user = ? AND kind = 'permanent' ORDER BY rowid DESC",
      row.id_user,
    );
    return postWebhook({
      url,
      body: row.body,
      secret,
      userToken: token?.token ?? null,
      timeoutMs: this.settings.webhookTimeoutMs,
      sentMs: this.settings.webhooksSignedInRealTime ? Date.now() : this.now(),
      sentMicros: (row.id * 7 + row.attempts) % 1000,
      createdMs: row.created_ms,
      fault: this.settings.webhookFault,
      signal: this.stopping.signal,
    });
  }

  private record(row: OutboxRow, outcome: WebhookOutcome, goesOutAgain: boolean): void {
    if (outcome.kind === 'failed') {
      this.store.run(
        'UPDATE webhook_outbox SET attempts = attempts + 1, last_error = ? WHERE id = ?',
        outcome.reason,
        row.id,
      );
      return;
    }
    this.store.run(
      `UPDATE webhook_outbox SET attempts = attempts + 1, last_error = NULL, delivered_ms = ?,
         body = CASE WHEN length(body) > ? THEN NULL ELSE body END WHERE id = ?`,
      this.now(),
      goesOutAgain ? Number.MAX_SAFE_INTEGER : KEPT_BODY_BYTES,
      row.id,
    );
    if (row.event === 'CONNECTION_SYNCED')
      this.store.run(
        'UPDATE connections SET last_push = ? WHERE id = ?',
        parisTimestamp(this.now()),
        row.id_connection,
      );
  }
}
