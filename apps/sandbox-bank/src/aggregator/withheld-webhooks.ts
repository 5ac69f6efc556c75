import type { HeldWebhooks, WebhookEvents } from '../sandbox.js';
import type { ReleaseOrder } from './release-order.js';
import type { Settings } from '../settings.js';
import type { Store } from '../store.js';
import type { DueSource } from '../clock/timeline.js';
import { randomFrom } from '../bank/random.js';
import type { MannersBook } from './manners-book.js';
import { restyle } from './restyle.js';

/** In the outbox, `held` is 1 for a temporary user's webhooks; this one waits for a call or for its hour. */
const WITHHELD = 2;

interface Outbox extends WebhookEvents {
  sendHeld(id: number, times?: number): Promise<void>;
}

export interface WithheldParts {
  readonly store: Store;
  readonly settings: Settings;
  readonly manners: MannersBook;
  readonly now: () => number;
  readonly outbox: Outbox;
}

/** Stands before the outbox: keeps webhooks back to send them late, in another order, or more than once. */
export class WithheldWebhooks implements HeldWebhooks {
  private readonly store: Store;
  private readonly settings: Settings;
  private readonly manners: MannersBook;
  private readonly now: () => number;
  private readonly outbox: Outbox;

  constructor(parts: WithheldParts) {
    this.store = parts.store;
    this.settings = parts.settings;
    this.manners = parts.manners;
    this.now = parts.now;
    this.outbox = parts.outbox;
  }

  add(event: string, userId: number, connectionId: number | null, body: object): void {
    this.addRaw(event, userId, connectionId, () => JSON.stringify(body).slice(1, -1));
  }

  addRaw(event: string, userId: number, connectionId: number | null, members: () => string): void {
    const last = this.lastId();
    this.outbox.addRaw(event, userId, connectionId, () => restyle(members(), this.manners.of(userId)));
    const { webhooksHeld, webhooksLateMs } = this.settings;
    if (!webhooksHeld && webhooksLateMs === 0) return;
    this.store.transaction(() => {
      this.store.run('UPDATE webhook_outbox SET held = ? WHERE id > ? AND held = 0', WITHHELD, last);
      if (!webhooksHeld)
        this.store.run(
          'INSERT INTO webhook_delays SELECT id, ? FROM webhook_outbox WHERE id > ? AND held = ?',
          this.now() + webhooksLateMs,
          last,
          WITHHELD,
        );
    });
  }

  release(userId: number): void {
    this.outbox.release(userId);
  }

  /** Sends what was kept back, one after the other; each waits for the answer to the one before. */
  async sendWithheld(order: ReleaseOrder | readonly number[], times = 1): Promise<number[]> {
    const ids = this.inOrder(order);
    for (const id of ids) {
      this.store.run('DELETE FROM webhook_delays WHERE id_webhook = ?', id);
      await this.outbox.sendHeld(id, times);
    }
    return ids;
  }

  /** Webhooks that were to come late. */
  readonly due: DueSource = () => {
    const row = this.store.first<{ id: number; at: number }>(
      'SELECT id_webhook AS id, due_ms AS at FROM webhook_delays ORDER BY due_ms, id_webhook LIMIT 1',
    );
    return (
      row && {
        atMs: row.at,
        what: `webhook ${row.id}: sent at last`,
        run: () => {
          this.store.run('DELETE FROM webhook_delays WHERE id_webhook = ?', row.id);
          void this.outbox.sendHeld(row.id);
        },
      }
    );
  };

  private inOrder(order: ReleaseOrder | readonly number[]): number[] {
    if (typeof order !== 'string') return [...order];
    const ids = this.store
      .all<{ id: number }>('SELECT id FROM webhook_outbox WHERE held = ? ORDER BY id', WITHHELD)
      .map(({ id }) => id);
    if (order === 'reversed') return ids.toReversed();
    return order === 'shuffled' ? randomFrom(`shuffle:${this.lastId()}`).shuffled(ids) : ids;
  }

  private lastId(): number {
    return this.store.first<{ id: number }>('SELECT coalesce(max(id), 0) AS id FROM webhook_outbox')?.id ?? 0;
  }
}
