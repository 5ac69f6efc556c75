import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../sandbox.js';
import { DEFAULT_SETTINGS } from '../settings.js';
import { bodyOf, idOf, queryOf, textOf } from '../api/request-context.js';
import type { WebhookOutbox } from '../webhooks/webhook-outbox.js';
import { FAULT_KINDS } from './faults.js';
import { BadCall, numberIn } from './input.js';

/** Settings, faults, webhooks and the list of requests. */
export const sandboxControl = (app: FastifyInstance, sandbox: Sandbox, outbox: WebhookOutbox): void => {
  const { settings, faults, requests, store } = sandbox;

  app.get('/settings', () => settings);

  app.patch('/settings', (request) => {
    const body = bodyOf(request);
    const unknown = Object.keys(body).find((name) => !(name in DEFAULT_SETTINGS));
    if (unknown !== undefined) throw new BadCall(`There is no setting "${unknown}".`);
    Object.assign(settings, body);
    return settings;
  });

  app.get('/faults', () => ({ faults: faults.list() }));

  app.post('/faults', (request) => {
    const body = bodyOf(request);
    const kind = FAULT_KINDS.find((name) => name === body.kind);
    if (kind === undefined) throw new BadCall(`"kind" must be one of ${FAULT_KINDS.join(', ')}.`);
    faults.plan({
      kind,
      times: numberIn(body, 'times') ?? 1,
      path: textOf(body, 'path') ?? '',
      userId: numberIn(body, 'userId') ?? null,
      delayMs: numberIn(body, 'delayMs') ?? 1000,
      retryAfterSeconds: numberIn(body, 'retryAfter') ?? 1,
    });
    return { faults: faults.list() };
  });

  app.delete('/faults', () => {
    faults.clear();
    return { faults: [] };
  });

  app.get('/requests', (request) => {
    const { path, userId, since } = queryOf(request);
    const seen = requests.list({ path, since, userId: userId === undefined ? undefined : Number(userId) });
    return { count: seen.length, requests: seen };
  });

  app.delete('/requests', () => {
    requests.clear();
    return { count: 0 };
  });

  app.get('/webhooks', (request) => ({
    webhooks: store.all(
      `SELECT id, event, id_user AS userId, id_connection AS connectionId, held, attempts,
         delivered_ms IS NOT NULL AS delivered, last_error AS lastError, body
       FROM webhook_outbox WHERE id > ? ORDER BY id`,
      Number(queryOf(request).after ?? 0) || 0,
    ),
  }));

  app.post('/webhooks', (request) => {
    const body = bodyOf(request);
    const event = textOf(body, 'event') ?? 'CONNECTION_SYNCED';
    if (typeof body.body !== 'object' || body.body === null) throw new BadCall('"body" must be an object.');
    outbox.add(event, numberIn(body, 'userId') ?? 0, null, body.body);
    return { queued: true };
  });

  app.post('/webhooks/flush', async () => {
    await outbox.flush();
    return { flushed: true };
  });

  app.post('/webhooks/:id/redeliver', (request) => ({ queued: outbox.redeliver(idOf(request, 'id')) }));
};
