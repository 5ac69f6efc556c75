import { createHmac, randomInt, randomUUID } from 'node:crypto';
import { PasserelleClient, type DeliveryDetailsView } from '#client';
import { signPowens } from '#providers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pressOnLinkPage } from '../apps/stack/src/demo/person-at-webview.js';
import {
  eventually,
  expectProblem,
  freshIban,
  openConnection,
  openLinkAndImport,
  quietHistory,
  type Stack,
  startStack,
} from './harness/index.js';

const [ACME, BETA] = ['acme', 'beta'].map((tenantId) => ({
  tenantId,
  key: `key-of-${tenantId}-0123456789`,
})) as [{ tenantId: string; key: string }, { tenantId: string; key: string }];

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({
    env: {
      PASSERELLE_TENANT_API_KEYS: [ACME, BETA].map(({ tenantId, key }) => `${tenantId}:${key}`).join(),
      WEBHOOK_MIN_INTERVAL_SECONDS: '1',
    },
  });
});
afterAll(() => stack?.dispose());

const tenant = ({ key }: { readonly key: string }): PasserelleClient =>
  new PasserelleClient({ baseUrl: stack.endpoints.gatewayUrl, apiKey: key, timeoutMs: 60_000 });

interface Accepted {
  readonly status: string;
  readonly deliveryId: string;
}

const post = async (
  path: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<unknown> => {
  const response = await fetch(stack.endpoints.webhookUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  expect(response.status).toBe(200);
  return response.json();
};

/** A webhook of Powens, as Powens signs it; gives the delivery's id. */
const sendPowens = async (event: string, body: object): Promise<string> => {
  const path = `/webhooks/powens/${event}`;
  const rawBody = JSON.stringify({ id_webhook_data: randomInt(1e9, 2e9), ...body });
  const date = new Date().toISOString().replace('Z', '000Z');
  const signature = signPowens(stack.keys().sandboxWebhookSecret, { path, date, rawBody });
  const answer = await post(path, rawBody, { 'bi-signature': signature, 'bi-signature-date': date });
  expect(answer).toMatchObject({ status: 'accepted' });
  return (answer as Accepted).deliveryId;
};

const connectionSynced = async (iban: string): Promise<string> => {
  const [connection] = await stack.sandbox.connectionsOf(iban);
  return sendPowens('connection-synced', { connection: { id: connection?.id, state: null } });
};

/** A webhook of the original guide for a connection of ours. */
const sendGuide = async (connectionId: string): Promise<string> => {
  const body = JSON.stringify({ event_type: 'transactions.new', connection_id: connectionId });
  const signature = createHmac('sha256', stack.keys().sandboxWebhookSecret).update(body).digest('hex');
  const answer = await post('/webhooks/powens', body, { 'x-powens-signature': signature });
  return (answer as { sync_log_id: string }).sync_log_id;
};

const shows = (id: string, expected: object, api = stack.api): Promise<DeliveryDetailsView> =>
  eventually(async () => {
    const delivery = await api.getDelivery(id);
    expect(delivery).toMatchObject(expected);
    return delivery;
  });

const refusal = (status: number, code: string): object => ({ status, code });

/** A connection of a tenant, with all that its bank shows, and no webhook of the bank's own on its way. */
const linked = async (of = ACME): Promise<{ readonly id: string; readonly iban: string }> => {
  const iban = freshIban();
  const { id } = await openLinkAndImport(stack, iban, { tenantId: of.tenantId });
  await stack.sandbox.flushWebhooks();
  await quietHistory(stack, id);
  return { id, iban };
};

describe('a webhook that was answered', () => {
  it('is shown with what it says, when and how it was verified, and the run that it asked for', async () => {
    const { id: connectionId, iban } = await linked();
    await stack.sandbox.post(iban, [{ date: '2026-01-05', value: -12.5 }], { sync: false });
    const id = await connectionSynced(iban);
    const delivery = await shows(id, { state: 'applied', syncs: [{ status: 'success' }] });
    expect(delivery).toMatchObject({
      provider: 'powens',
      scheme: 'powens',
      secretFingerprint: expect.stringMatching(/^[0-9a-f]{8}$/) as string,
      path: '/webhooks/powens/connection-synced',
      reason: null,
      replays: 0,
      connections: [{ connectionId, tenantId: ACME.tenantId }],
      notice: { connectionId: null, providerConnectionId: expect.stringMatching(/^\d+$/) as string },
      history: [
        { what: 'received', at: delivery.receivedAt },
        { what: 'applied', connectionId },
      ],
    });
    const [sync] = delivery.syncs;
    expect(await stack.api.getSync(sync?.id ?? '')).toMatchObject({
      connectionId,
      trigger: 'webhook',
      transactionsImported: sync?.transactionsImported,
    });
    const { items } = await stack.api.listDeliveries({ connectionId, state: 'applied', provider: 'powens' });
    expect(items.map((item) => item.id)).toContain(id);
    expect(JSON.stringify(delivery)).not.toContain(stack.keys().sandboxWebhookSecret);
  });

  it('of the original guide is found by its sync_log_id', async () => {
    const { id: connectionId } = await linked();
    const id = await sendGuide(connectionId);
    const { connections } = await shows(id, { state: 'applied', scheme: 'guide', signedAt: null });
    expect(connections).toEqual([{ connectionId, tenantId: ACME.tenantId }]);
  });

  it('for nothing of ours is parked, for an admin to see', async () => {
    const id = await sendPowens('connection-synced', { connection: { id: 999_999_999, state: null } });
    await shows(id, { state: 'parked', reason: 'connection.unknown', connections: [], syncs: [] });
    const { items } = await stack.api.listDeliveries({ state: 'parked' });
    expect(items.map((item) => item.id)).toContain(id);
    await expect(tenant(ACME).getDelivery(id)).rejects.toMatchObject(refusal(404, 'delivery.not-found'));
    await expect(tenant(ACME).replayDelivery(id)).rejects.toMatchObject(refusal(404, 'delivery.not-found'));
  });

  it('before the link callback is parked, and acted on when the callback comes', async () => {
    // The bank's own webhook names the user, by whom the link would be found before the callback comes.
    await stack.sandbox.configure({ webhooksPaused: true });
    const iban = freshIban();
    const { id: connectionId, linkUrl } = await openConnection(stack, iban, { tenantId: ACME.tenantId });
    const callback = await pressOnLinkPage(linkUrl ?? '');
    const id = await connectionSynced(iban);
    await shows(id, { state: 'parked', resolvedAt: null });
    await fetch(callback);
    await stack.sandbox.configure({ webhooksPaused: false });
    // The run is asked for first: a crash in between leaves a parked delivery, which is matched again.
    const matched = { state: 'applied', resolvedAt: expect.any(String) as string, syncs: [{ connectionId }] };
    const { history } = await shows(id, matched, tenant(ACME));
    expect(history.map(({ what }) => what).toSorted()).toEqual(['applied', 'parked', 'received', 'resolved']);
  });

  it('for a paused connection is ignored, and its tenant sees why; replayed after the pause it is acted on', async () => {
    const { id: connectionId, iban } = await linked();
    await stack.api.changeSettings(connectionId, { syncEnabled: false });
    const id = await connectionSynced(iban);
    await shows(id, { state: 'ignored', reason: 'connection.paused', syncs: [] }, tenant(ACME));
    await stack.api.changeSettings(connectionId, { syncEnabled: true });
    const { requestId } = await tenant(ACME).replayDelivery(id);
    expect(requestId).toBe(`${id}~1`);
    const { history } = await shows(
      id,
      { state: 'applied', replays: 1, syncs: [{ requestId }] },
      tenant(ACME),
    );
    expect(history.find(({ what }) => what === 'replayed')).toMatchObject({ actor: 'api-key:tenant:acme' });
  });
});

describe('a replay', () => {
  it('asks for another run, which its request id finds; a repeat with the same key is the same replay', async () => {
    const { id: connectionId, iban } = await linked();
    const id = await connectionSynced(iban);
    await shows(id, { state: 'applied' });
    const key = { idempotencyKey: randomUUID() };
    const [first, again] = [await stack.api.replayDelivery(id, key), await stack.api.replayDelivery(id, key)];
    expect(first).toEqual({ deliveryId: id, requestId: `${id}~1` });
    expect(again).toEqual(first);
    const run = await eventually(async () => {
      const found = await stack.api.getSync(first.requestId);
      expect(found.status).toBe('success');
      return found;
    });
    expect(run).toMatchObject({ connectionId, trigger: 'webhook' });
    const delivery = await shows(id, { state: 'applied', replays: 1 });
    expect(delivery.syncs).toMatchObject([{ requestId: id }, { requestId: first.requestId, id: run.id }]);
    expect(delivery.history.find(({ what }) => what === 'replayed')).toMatchObject({
      actor: 'api-key:admin',
    });
  });

  it('of what no rule understands is refused, and nothing is written', async () => {
    const id = await sendPowens('something-new', { id: 1 });
    await shows(id, { state: 'parked', reason: 'notice.unrecognised', noticeKind: 'unrecognised' });
    const answer = await stack.call(`/v1/deliveries/${id}/replay`, { method: 'POST' });
    const { detail } = await expectProblem(answer, 422, 'delivery.not-understood');
    expect(detail).toContain('ask for a sync');
    expect(await stack.api.getDelivery(id)).toMatchObject({ replays: 0, state: 'parked' });
  });
});

describe('deliveries of another tenant', () => {
  it('are not there', async () => {
    const [ours, theirs] = [await linked(ACME), await linked(BETA)];
    const [our, their] = [await connectionSynced(ours.iban), await connectionSynced(theirs.iban)];
    await shows(our, { state: 'applied' }, tenant(ACME));
    await shows(their, { state: 'applied' }, tenant(BETA));
    const seen = await tenant(ACME).listDeliveries({ limit: 500 });
    expect(seen.items.map(({ id }) => id)).toContain(our);
    expect(new Set(seen.items.flatMap(({ connections }) => connections.map((one) => one.tenantId)))).toEqual(
      new Set([ACME.tenantId]),
    );
    expect(await tenant(ACME).listDeliveries({ connectionId: theirs.id })).toEqual({
      items: [],
      nextCursor: null,
    });
    const hidden = refusal(404, 'delivery.not-found');
    await expect(tenant(ACME).getDelivery(their)).rejects.toMatchObject(hidden);
    await expect(tenant(ACME).replayDelivery(their)).rejects.toMatchObject(hidden);
  });
});

describe('the list', () => {
  it('comes newest first, page by page', async () => {
    const sent: string[] = [];
    for (let n = 0; n < 5; n++) sent.push(await sendPowens('something-new', { id: n }));
    await shows(sent.at(-1) ?? '', { state: 'parked' });
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null && seen.length < 5;) {
      const page = await stack.api.listDeliveries({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen.slice(0, 5)).toEqual(sent.toReversed());
  });

  it.each([
    ['?state=gone', 400, 'request.invalid'],
    ['?provider=plaid', 400, 'request.invalid'],
    ['?connectionId=1', 400, 'request.invalid'],
    ['?limit=501', 400, 'request.invalid'],
    ['?body=1', 400, 'request.invalid'],
    ['?cursor=abc', 400, 'cursor.invalid'],
    ['/powens_0', 404, 'delivery.not-found'],
    ['/%00', 400, 'request.invalid'],
  ])('refuses %s', async (path, status, code) => {
    await expectProblem(await stack.call(`/v1/deliveries${path}`), status, code);
  });

  it('is for those with a key', async () => {
    await expectProblem(await stack.call('/v1/deliveries', { key: null }), 401, 'request.unauthorized');
  });
});
