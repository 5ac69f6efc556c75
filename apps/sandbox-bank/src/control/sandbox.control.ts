import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../sandbox.js';
import {
  DEFAULT_SETTINGS,
  SYNC_HALVES,
  TIMESTAMP_STYLES,
  WEBHOOK_EVENTS,
  WEBHOOK_FAULTS,
} from '../settings.js';
import { bodyOf, idOf, queryOf, textOf } from '../api/request-context.js';
import type { WebhookOutbox } from '../webhooks/webhook-outbox.js';
import { RELEASE_ORDERS } from '../aggregator/release-order.js';
import { FAULT_KINDS } from './faults.js';
import { BadCall, HOUR_MS, hoursIn, idsIn, mappingIn, numberIn } from './input.js';
import { takes } from './known-members.js';

const CHOICES: Readonly<Record<string, readonly (string | null)[]>> = {
  timestampStyle: TIMESTAMP_STYLES,
  syncHalves: SYNC_HALVES,
  webhookEvents: WEBHOOK_EVENTS,
  webhookFault: [...WEBHOOK_FAULTS, null],
};

const checkSetting = (name: string, value: unknown): void => {
  if (!Object.hasOwn(DEFAULT_SETTINGS, name)) throw new BadCall(`There is no setting "${name}".`);
  const choices = CHOICES[name];
  if (choices && choices.every((choice) => choice !== value))
    throw new BadCall(`"${name}" must be one of ${choices.join(', ')}.`);
  const standard: unknown = DEFAULT_SETTINGS[name as keyof typeof DEFAULT_SETTINGS];
  if (standard !== null && typeof value !== typeof standard)
    throw new BadCall(`"${name}" must be a ${typeof standard}, like ${JSON.stringify(standard)}.`);
};

const FAULT = [
  'kind',
  'times',
  'skip',
  'forHours',
  'path',
  'method',
  'userId',
  'delayMs',
  'retryAfter',
  'status',
  'code',
  'body',
];

/** Settings, faults, webhooks and the list of requests. */
export const sandboxControl = (app: FastifyInstance, sandbox: Sandbox, outbox: WebhookOutbox): void => {
  const { settings, faults, requests, store } = sandbox;

  app.get('/settings', () => settings);

  app.patch('/settings', takes('checked-by-route'), (request) => {
    const body = bodyOf(request);
    for (const [name, value] of Object.entries(body)) checkSetting(name, value);
    Object.assign(settings, body);
    return settings;
  });

  app.get('/faults', () => ({ faults: faults.list() }));

  app.post('/faults', takes(FAULT), (request) => {
    const body = bodyOf(request);
    const kind = FAULT_KINDS.find((name) => name === body.kind);
    if (kind === undefined) throw new BadCall(`"kind" must be one of ${FAULT_KINDS.join(', ')}.`);
    const forHours = hoursIn(body, 'forHours');
    faults.plan({
      kind,
      times: numberIn(body, 'times') ?? 1,
      skip: numberIn(body, 'skip') ?? 0,
      untilMs: forHours === undefined ? null : sandbox.now() + Math.round(forHours * HOUR_MS),
      path: textOf(body, 'path') ?? '',
      method: textOf(body, 'method') ?? null,
      userId: numberIn(body, 'userId') ?? null,
      delayMs: numberIn(body, 'delayMs') ?? null,
      retryAfterSeconds: body.retryAfter === null ? null : (numberIn(body, 'retryAfter') ?? 1),
      status: numberIn(body, 'status') ?? 500,
      code: textOf(body, 'code') ?? 'bug',
      body: mappingIn(body, 'body') ?? null,
    });
    return { faults: faults.list() };
  });

  app.delete('/faults', () => {
    faults.clear();
    return { faults: [] };
  });

  app.get('/requests', takes([], ['path', 'userId', 'since']), (request) => {
    const { path, userId, since } = queryOf(request);
    const seen = requests.list({ path, since, userId: userId === undefined ? undefined : Number(userId) });
    return { count: seen.length, requests: seen };
  });

  app.delete('/requests', () => {
    requests.clear();
    return { count: 0 };
  });

  app.get('/webhooks', takes([], ['after']), (request) => ({
    webhooks: store.all(
      `SELECT id, event, id_user AS userId, id_connection AS connectionId, held, attempts,
         delivered_ms IS NOT NULL AS delivered, last_error AS lastError, body
       FROM webhook_outbox WHERE id > ? ORDER BY id`,
      Number(queryOf(request).after ?? 0) || 0,
    ),
  }));

  app.post('/webhooks', takes(['event', 'body', 'userId']), (request) => {
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

  app.post('/webhooks/release', takes(['order', 'times']), (request) => {
    const body = bodyOf(request);
    const order =
      RELEASE_ORDERS.find((name) => name === (body.order ?? RELEASE_ORDERS[0])) ?? idsIn(body, 'order');
    return sandbox.outbox.sendWithheld(order, numberIn(body, 'times') ?? 1).then((sent) => ({ sent }));
  });

  app.post('/webhooks/:id/redeliver', (request) => ({ queued: outbox.redeliver(idOf(request, 'id')) }));
};
