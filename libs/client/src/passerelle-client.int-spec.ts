import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PasserelleClient } from './passerelle-client.js';
import { PasserelleProblem } from './passerelle-problem.js';

interface Seen {
  readonly call: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let seen: Seen[] = [];
let answers: { status: number; type?: string; body?: string }[] = [];

const answerTo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { method, url, headers } = request;
  seen.push({ call: `${method} ${url}`, headers, body: await text(request) });
  const { status, type = 'application/json', body = '{}' } = answers.shift() ?? { status: 200 };
  response.writeHead(status, { 'content-type': type }).end(body);
};

const failure = async (call: Promise<unknown>): Promise<PasserelleProblem> => {
  const error = await call.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(PasserelleProblem);
  return error as PasserelleProblem;
};

describe('PasserelleClient', () => {
  let server: Server;
  let client: PasserelleClient;

  beforeAll(async () => {
    server = createServer((request, response) => void answerTo(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    client = new PasserelleClient({ baseUrl: `http://127.0.0.1:${port}/`, apiKey: 'k1' });
  });
  beforeEach(() => {
    seen = [];
    answers = [];
  });
  afterAll(() => server.close());

  it('speaks the documented calls', async () => {
    const connection = { tenantId: 1, companyId: 2, accountId: 3, institutionId: 'BNPAFRPP', iban: 'FR76' };
    await client.openConnection(connection, { idempotencyKey: 'once' });
    await client.getConnection('a/b');
    await client.listConnections({ status: 'active', limit: 5 });
    await client.changeSettings('c', { syncEnabled: false });
    await client.link('c');
    await client.requestSync('c', { waitSeconds: 30 });
    await client.requestSync('c');
    await client.syncs('c', { limit: 10, trigger: 'webhook' });
    await client.stats('c', { days: 7 });
    await client.getSync('s');
    await client.transactions('c', { from: '2026-03-01', cursor: 'x=' });
    await client.transaction('t');
    await client.delete('c');
    expect(seen.map(({ call }) => call)).toEqual([
      'POST /v1/connections',
      'GET /v1/connections/a%2Fb',
      'GET /v1/connections?status=active&limit=5',
      'PATCH /v1/connections/c',
      'POST /v1/connections/c/link',
      'POST /v1/connections/c/syncs?wait=30',
      'POST /v1/connections/c/syncs',
      'GET /v1/connections/c/syncs?limit=10&trigger=webhook',
      'GET /v1/connections/c/stats?days=7',
      'GET /v1/syncs/s',
      'GET /v1/connections/c/transactions?from=2026-03-01&cursor=x%3D',
      'GET /v1/transactions/t',
      'DELETE /v1/connections/c',
    ]);
    expect(seen[0]?.headers).toMatchObject({
      authorization: 'Bearer k1',
      'idempotency-key': 'once',
      'content-type': 'application/json',
    });
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual(connection);
  });

  it('reads page after page', async () => {
    answers = [
      { status: 200, body: '{"items":[{"id":"1"},{"id":"2"}],"nextCursor":"n"}' },
      { status: 200, body: '{"items":[{"id":"3"}],"nextCursor":null}' },
    ];
    const ids: string[] = [];
    for await (const { id } of client.everyTransaction('c', { to: '2026-03-31' })) ids.push(id);
    expect(ids).toEqual(['1', '2', '3']);
    expect(seen.map(({ call }) => call)).toEqual([
      'GET /v1/connections/c/transactions?to=2026-03-31&limit=500',
      'GET /v1/connections/c/transactions?to=2026-03-31&limit=500&cursor=n',
    ]);
  });

  it('takes an answer without a body', async () => {
    answers = [{ status: 202, body: '' }];
    expect(await client.delete('c')).toBeUndefined();
  });

  it('throws a problem with its code, its fields and every other member', async () => {
    const errors = [{ field: 'iban', message: 'wrong check digits' }];
    const body = {
      title: 'Bad Request',
      detail: 'See errors.',
      code: 'request.invalid',
      errors,
      connectionId: 'c',
    };
    answers = [{ status: 400, type: 'application/problem+json', body: JSON.stringify(body) }];
    const problem = await failure(client.getConnection('c'));
    expect(problem).toMatchObject({ status: 400, code: 'request.invalid', message: 'See errors.', errors });
    expect(problem.body['connectionId']).toBe('c');
  });

  it('throws a problem also for an answer that is none', async () => {
    answers = [{ status: 502, type: 'text/html', body: '<h1>Bad gateway</h1>' }];
    expect(await failure(client.getConnection('c'))).toMatchObject({
      status: 502,
      code: 'http.502',
      errors: [],
    });
  });

  it('says when nobody answered', async () => {
    const gone = new PasserelleClient({ baseUrl: 'http://127.0.0.1:1', apiKey: 'k1' });
    const problem = await failure(gone.getConnection('c'));
    expect(problem).toMatchObject({ status: null, code: 'client.unreachable' });
    expect(problem.message).not.toContain('k1');
  });
});
