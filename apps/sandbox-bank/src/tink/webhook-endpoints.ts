import { randomBytes } from 'node:crypto';
import type { Sandbox } from '../sandbox.js';
import { TinkError } from './tink-error.js';

export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  readonly enabledEvents: readonly string[];
  readonly description: string | null;
  readonly disabled: boolean;
  readonly secret: string;
  readonly createdMs: number;
  readonly updatedMs: number;
}

export type EndpointFields = Pick<WebhookEndpoint, 'url' | 'enabledEvents' | 'description' | 'disabled'>;

interface Row extends Omit<WebhookEndpoint, 'enabledEvents' | 'disabled'> {
  readonly enabledEvents: string;
  readonly disabled: number;
}

const SELECT = `SELECT id, url, enabled_events AS enabledEvents, description, disabled, secret,
  created_ms AS createdMs, updated_ms AS updatedMs FROM tink_webhook_endpoints`;

const endpointOf = (row: Row): WebhookEndpoint => ({
  ...row,
  enabledEvents: JSON.parse(row.enabledEvents) as string[],
  disabled: row.disabled === 1,
});

/** The app's webhook endpoints: the same URL has each event once. */
export class WebhookEndpoints {
  constructor(private readonly sandbox: Pick<Sandbox, 'store' | 'now'>) {}

  all(): WebhookEndpoint[] {
    return this.sandbox.store.all<Row>(`${SELECT} ORDER BY created_ms, rowid`).map(endpointOf);
  }

  /** @throws {TinkError} 409: an endpoint with the same URL has one of these events */
  create(fields: EndpointFields): WebhookEndpoint {
    const now = this.sandbox.now();
    const [id, secret] = [randomBytes(16).toString('hex'), randomBytes(24).toString('base64url')];
    const endpoint = { ...fields, id, secret, createdMs: now, updatedMs: now };
    this.write(endpoint);
    return endpoint;
  }

  /** @throws {TinkError} 404, 409 */
  change(id: string, changes: Partial<EndpointFields>): WebhookEndpoint {
    const endpoint = { ...this.get(id), ...changes, updatedMs: this.sandbox.now() };
    this.write(endpoint);
    return endpoint;
  }

  /** @throws {TinkError} 404 */
  remove(id: string): void {
    this.get(id);
    this.sandbox.store.run('DELETE FROM tink_webhook_endpoints WHERE id = ?', id);
  }

  get(id: string): WebhookEndpoint {
    const row = this.sandbox.store.first<Row>(`${SELECT} WHERE id = ?`, id);
    if (!row) throw new TinkError(404, 'webhook_endpoint.not_found', 'No such webhook endpoint');
    return endpointOf(row);
  }

  private write(endpoint: WebhookEndpoint): void {
    const { id, url, enabledEvents, description, disabled, secret, createdMs, updatedMs } = endpoint;
    const clash = this.all().some(
      (other) =>
        other.id !== id &&
        other.url === url &&
        other.enabledEvents.some((event) => enabledEvents.includes(event)),
    );
    if (clash)
      throw new TinkError(
        409,
        'webhook_endpoint.conflict',
        'An endpoint with this URL has one of these events',
      );
    this.sandbox.store.run(
      `INSERT INTO tink_webhook_endpoints
         (id, url, enabled_events, description, disabled, secret, created_ms, updated_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET url = excluded.url, enabled_events = excluded.enabled_events,
         description = excluded.description, disabled = excluded.disabled, updated_ms = excluded.updated_ms`,
      id,
      url,
      JSON.stringify(enabledEvents),
      description,
      disabled ? 1 : 0,
      secret,
      createdMs,
      updatedMs,
    );
  }
}
