import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signPowens } from '#providers';
import { pressOnLinkPage } from '../apps/stack/src/demo/person-at-webview.js';
import {
  eventually,
  expectEventsMatchLedger,
  expectLedgerEqualsBank,
  freshIban,
  openConnection,
  openLinkAndImport,
  quietHistory,
  type ReceivedEvents,
  runsSince,
  type Stack,
  startStack,
  subscribeAll,
  syncNow,
  totals,
} from './harness/index.js';

let stack: Stack;
let received: ReceivedEvents;

beforeAll(async () => {
  stack = await startStack();
  received = await subscribeAll(stack);
});
afterAll(async () => {
  await received?.stop();
  await stack?.dispose();
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const post = async (
  path: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> => {
  const response = await fetch(stack.endpoints.webhookUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, body: await response.json() };
};

/** The line of the original guide: `hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()`. */
const guideSignature = (body: string): string =>
  createHmac('sha256', stack.keys().sandboxWebhookSecret).update(body).digest('hex');

const postGuide = (body: string, signature = guideSignature(body)): Promise<Answer> =>
  post('/webhooks/powens', body, { 'x-powens-signature': signature });

const powensHeaders = (
  path: string,
  rawBody: string,
  secret = stack.keys().sandboxWebhookSecret,
): Record<string, string> => {
  const date = new Date().toISOString().replace('Z', '000Z');
  return { 'bi-signature': signPowens(secret, { path, date, rawBody }), 'bi-signature-date': date };
};

const SYNCED = '/webhooks/powens/connection-synced';

let webhookId = 5_000_000;

/** What Powens says after it has read a bank, with an id of its own. */
const connectionSynced = async (iban: string): Promise<string> => {
  const [connection] = await stack.sandbox.connectionsOf(iban);
  webhookId += 1;
  return JSON.stringify({ id_webhook_data: webhookId, connection: { id: connection?.id, state: null } });
};

describe('the bank’s own webhook', () => {
  it('brings new rows to the subscriber within a run of its own', async () => {
    const iban = freshIban();
    const { id } = await openLinkAndImport(stack, iban);
    const before = await quietHistory(stack, id);
    const rows = [-1, -2, -3].map((value) => ({ date: new Date().toISOString().slice(0, 10), value }));
    await stack.sandbox.post(iban, rows);
    const runs = await eventually(async () => {
      const since = await runsSince(stack, id, before);
      expect(totals(since)).toEqual({ imported: 3, updated: 0, removed: 0 });
      return since;
    });
    expect(runs.map(({ trigger }) => trigger)).toContain('webhook');
    await quietHistory(stack, id);
    await expectLedgerEqualsBank(stack, id);
    await eventually(() => expectEventsMatchLedger(stack, received, id));
    const imported = received
      .of('transactions.imported', id)
      .filter(({ data }) => data.trigger === 'webhook');
    expect(imported.flatMap(({ data }) => data.transactions.map(({ amount }) => amount)).toSorted()).toEqual(
      expect.arrayContaining(['-1.00', '-2.00', '-3.00']),
    );
  });
});

describe('a webhook of Powens', () => {
  it('that comes twice is accepted once', async () => {
    const iban = freshIban();
    await openLinkAndImport(stack, iban);
    const body = await connectionSynced(iban);
    const first = await post(SYNCED, body, powensHeaders(SYNCED, body));
    expect(first).toEqual({ status: 200, body: { status: 'accepted', deliveryId: expect.any(String) } });
    const second = await post(SYNCED, body, powensHeaders(SYNCED, body));
    expect(second).toEqual({ status: 200, body: { ...(first.body as object), status: 'duplicate' } });
  });

  it('that comes sixteen times at once is accepted once, and its rows are imported once', async () => {
    const iban = freshIban();
    await stack.sandbox.configure({ webhooksPaused: true });
    const { id } = await openLinkAndImport(stack, iban);
    const before = await quietHistory(stack, id);
    await stack.sandbox.postSome(iban, 5);
    const body = await connectionSynced(iban);
    const answers = await Promise.all(
      Array.from({ length: 16 }, () => post(SYNCED, body, powensHeaders(SYNCED, body))),
    );
    const outcomes = answers.map(({ status, body: answer }) => [
      status,
      (answer as { status: string }).status,
    ]);
    expect(outcomes.filter(([, outcome]) => outcome === 'accepted')).toEqual([[200, 'accepted']]);
    expect(outcomes.filter(([, outcome]) => outcome === 'duplicate')).toHaveLength(15);
    await eventually(async () => {
      const since = await runsSince(stack, id, before);
      expect(since).toMatchObject([{ trigger: 'webhook', status: 'success', transactionsImported: 5 }]);
    });
    await stack.sandbox.configure({ webhooksPaused: false });
    await stack.sandbox.flushWebhooks();
    await quietHistory(stack, id);
    expect(totals(await runsSince(stack, id, before)).imported).toBe(5);
    await expectLedgerEqualsBank(stack, id);
    await eventually(() => expectEventsMatchLedger(stack, received, id));
  });

  it('without an event in its path is known by its shape, and one that is not ours to act on is ignored', async () => {
    const iban = freshIban();
    await openLinkAndImport(stack, iban);
    const body = await connectionSynced(iban);
    expect(await post('/webhooks/powens', body, powensHeaders('/webhooks/powens', body))).toMatchObject({
      status: 200,
      body: { status: 'accepted' },
    });
    const path = '/webhooks/powens/accounts-fetched';
    expect(await post(path, body, powensHeaders(path, body))).toEqual({
      status: 200,
      body: { status: 'ignored' },
    });
  });
});

describe('a webhook of the original guide', () => {
  it('answers as the guide’s own code does, and its sync_log_id finds the run', async () => {
    const iban = freshIban();
    const { id } = await openLinkAndImport(stack, iban);
    await stack.sandbox.configure({ webhooksPaused: true });
    await stack.sandbox.postSome(iban, 2);
    const answer = await postGuide(JSON.stringify({ event_type: 'transactions.new', connection_id: id }));
    await stack.sandbox.configure({ webhooksPaused: false });
    expect(answer).toEqual({ status: 200, body: { status: 'success', sync_log_id: expect.any(String) } });
    const { sync_log_id: logId } = answer.body as { sync_log_id: string };
    const run = await eventually(async () => {
      const found = await stack.api.getSync(logId);
      expect(found.status).toBe('success');
      return found;
    });
    expect(run).toMatchObject({ connectionId: id, trigger: 'webhook', transactionsImported: 2 });
    await eventually(() =>
      expect(received.of('sync.completed', id).map(({ data }) => data.id)).toContain(run.id),
    );
  });

  it('is ignored when it tells of anything else', async () => {
    expect(await postGuide(JSON.stringify({ event_type: 'accounts.new', connection_id: 1 }))).toEqual({
      status: 200,
      body: { status: 'ignored' },
    });
  });
});

const expectDisconnected = async (id: string): Promise<void> => {
  await eventually(async () => expect((await stack.api.getConnection(id)).status).toBe('disconnected'), {
    withinMs: 60_000,
  });
  await eventually(() =>
    expect(received.of('connection.disconnected', id)).toMatchObject([{ data: { by: 'provider' } }]),
  );
};

const newestError = async (id: string): Promise<string | null | undefined> =>
  (await stack.api.syncs(id, { limit: 1 })).items[0]?.errorCode;

/** The provider's side forgets the person, as the person may ask it to. */
const deleteUser = async (userId: number): Promise<void> => {
  const { sandboxUrl } = stack.endpoints;
  const renewal = await fetch(`${sandboxUrl}/2.0/auth/renew`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: '10203040',
      client_secret: stack.keys().sandboxClientSecret,
      id_user: userId,
    }),
  });
  const { access_token: token } = (await renewal.json()) as { access_token: string };
  const deletion = await fetch(`${sandboxUrl}/2.0/users/me`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${token}` },
  });
  expect(deletion.status).toBe(204);
};

interface BankLink {
  readonly id: number;
  readonly userId: number;
}

const bankLinkOf = async (iban: string): Promise<BankLink> => {
  const [truth] = (await stack.sandbox.truth(iban)).transactions;
  const [copy] = truth?.copies ?? [];
  if (!copy) throw new Error('The bank shows no copy of this account.');
  return { id: copy.connectionId, userId: copy.userId };
};

describe('a connection that is deleted at the provider', () => {
  it.each([
    ['active', true],
    ['paused', false],
  ])('is disconnected here, %s or not, and the other services hear of it', async (_, syncEnabled) => {
    const iban = freshIban();
    const { id } = await openLinkAndImport(stack, iban);
    await stack.api.changeSettings(id, { syncEnabled });
    await stack.sandbox.call('DELETE', `/connections/${(await bankLinkOf(iban)).id}`);
    await expectDisconnected(id);
    await quietHistory(stack, id);
    expect(await newestError(id)).toBe('connection.gone');
  });

  it('is found out by the next sync when its webhook got lost, and the late webhook changes nothing', async () => {
    const iban = freshIban();
    const { id } = await openLinkAndImport(stack, iban);
    await quietHistory(stack, id);
    await stack.sandbox.configure({ webhooksPaused: true });
    await stack.sandbox.call('DELETE', `/connections/${(await bankLinkOf(iban)).id}`);
    expect(await syncNow(stack, id)).toMatchObject({ status: 'failure', errorCode: 'connection.gone' });
    await expectDisconnected(id);
    const before = await quietHistory(stack, id);
    await stack.sandbox.configure({ webhooksPaused: false });
    await stack.sandbox.flushWebhooks();
    expect(await runsSince(stack, id, before)).toEqual([]);
  });

  it('with its user is disconnected too, but not before we were told', async () => {
    const iban = freshIban();
    const { id } = await openLinkAndImport(stack, iban);
    await quietHistory(stack, id);
    const { userId } = await bankLinkOf(iban);
    await stack.sandbox.configure({ webhooksPaused: true });
    await deleteUser(userId);
    expect(await syncNow(stack, id)).toMatchObject({ status: 'failure', errorCode: 'powens.user-unknown' });
    expect(await stack.api.getConnection(id)).toMatchObject({ status: 'error' });
    await stack.sandbox.configure({ webhooksPaused: false });
    await stack.sandbox.flushWebhooks();
    await expectDisconnected(id);
  });

  it('by mistake of the notice alone is looked at, and stays', async () => {
    const iban = freshIban();
    const { id } = await openLinkAndImport(stack, iban);
    const before = await quietHistory(stack, id);
    const link = await bankLinkOf(iban);
    webhookId += 1;
    const path = '/webhooks/powens/connection-deleted';
    const body = JSON.stringify({
      id_webhook_data: webhookId,
      id: link.id,
      id_user: link.userId,
      state: null,
    });
    expect(await post(path, body, powensHeaders(path, body))).toMatchObject({ status: 200 });
    await eventually(async () =>
      expect(await runsSince(stack, id, before)).toMatchObject([{ trigger: 'webhook', status: 'success' }]),
    );
    expect(await stack.api.getConnection(id)).toMatchObject({ status: 'active' });
  });
});

describe('a webhook that comes before the link callback', () => {
  it('is applied all the same, and the callback is still good', async () => {
    const iban = freshIban();
    const { id, linkUrl } = await openConnection(stack, iban);
    const callback = await pressOnLinkPage(linkUrl ?? '', 'link');
    const body = await connectionSynced(iban);
    const answer = await post(SYNCED, body, powensHeaders(SYNCED, body));
    expect(answer).toMatchObject({ status: 200, body: { status: 'accepted' } });
    const { deliveryId } = answer.body as { deliveryId: string };
    const run = await eventually(() => stack.api.getSync(deliveryId));
    expect(run.connectionId).toBe(id);
    expect((await fetch(callback)).ok).toBe(true);
    await quietHistory(stack, id);
    await syncNow(stack, id);
    await expectLedgerEqualsBank(stack, id);
  });
});

describe('a webhook that nobody vouches for', () => {
  const body = JSON.stringify({ event_type: 'transactions.new', connection_id: 1 });
  const good = (): string => guideSignature(body);
  const theirs = (): Record<string, string> => powensHeaders(SYNCED, body);

  it.each<[string, string, () => Record<string, string>]>([
    ['no signature', '/webhooks/powens', () => ({})],
    ['an empty signature', '/webhooks/powens', () => ({ 'x-powens-signature': '' })],
    [
      'a signature of another secret',
      '/webhooks/powens',
      () => ({ 'x-powens-signature': createHmac('sha256', 'other').update(body).digest('hex') }),
    ],
    [
      'a signature of another body',
      '/webhooks/powens',
      () => ({ 'x-powens-signature': guideSignature(`${body} `) }),
    ],
    ['a signature that is cut', '/webhooks/powens', () => ({ 'x-powens-signature': good().slice(0, -1) })],
    ['a signature in capitals', '/webhooks/powens', () => ({ 'x-powens-signature': good().toUpperCase() })],
    ['Powens’ signature of another secret', SYNCED, () => powensHeaders(SYNCED, body, 'other')],
    ['Powens’ signature of another path', SYNCED, () => powensHeaders('/webhooks/powens/user-deleted', body)],
    [
      'Powens’ signature without its date',
      SYNCED,
      () => ({ 'bi-signature': theirs()['bi-signature'] ?? '' }),
    ],
    ['Powens’ signature that is no base64', SYNCED, () => ({ ...theirs(), 'bi-signature': '***' })],
    [
      'Powens’ signature with a date that is none',
      SYNCED,
      () => ({ ...theirs(), 'bi-signature-date': 'yesterday' }),
    ],
    ['Tink’s header, unsigned', '/webhooks/tink', () => ({ 'x-tink-signature': 't=1,v1=00' })],
  ])('is refused: %s', async (_, path, headers) => {
    expect(await post(path, body, headers())).toEqual({ status: 401, body: { error: 'Invalid signature' } });
  });

  it('is refused for its size before its bytes are read', async () => {
    const call = request(`${stack.endpoints.webhookUrl}/webhooks/powens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': 100 * 1024 * 1024 },
    });
    call.flushHeaders();
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    call.on('error', () => undefined).destroy();
    expect(answer.statusCode).toBe(413);
  });
});
