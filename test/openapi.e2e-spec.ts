import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from './harness/index.js';

interface Operation {
  readonly parameters?: readonly { readonly name: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<
      Record<string, { readonly properties?: object; readonly required?: readonly string[] }>
    >;
  };
}

let stack: Stack;
let document: OpenApi;
beforeAll(async () => {
  stack = await startStack();
  const answer = await stack.call('/openapi.json', { key: null });
  document = (await answer.json()) as OpenApi;
});
afterAll(() => stack?.dispose());

const reference = (name: string): object => ({ $ref: `#/components/schemas/${name}` });

describe('/openapi.json', () => {
  it.each<[string, string, string, string | null, string | null]>([
    ['post', '/v1/connections', '201', 'OpenConnectionRequest', 'ConnectionView'],
    ['get', '/v1/connections', '200', null, 'ConnectionPageView'],
    ['get', '/v1/connections/{id}', '200', null, 'ConnectionView'],
    ['patch', '/v1/connections/{id}', '200', 'ChangeSettingsRequest', 'ConnectionView'],
    ['post', '/v1/connections/{id}/link', '200', null, 'LinkSessionView'],
    ['get', '/v1/link/callback', '200', null, null],
    ['get', '/v1/connections/{id}/accounts', '200', null, 'BankAccountsView'],
    ['put', '/v1/connections/{id}/accounts/{account}', '200', 'DecideOnAccountRequest', 'BankAccountView'],
    ['delete', '/v1/connections/{id}', '202', null, 'ConnectionView'],
    ['post', '/v1/connections/{id}/syncs', '202', null, 'SyncAcceptedView'],
    ['post', '/v1/connections/{id}/syncs', '200', null, 'SyncView'],
    ['get', '/v1/connections/{id}/syncs', '200', null, 'SyncPageView'],
    ['get', '/v1/syncs/{id}', '200', null, 'SyncView'],
    ['get', '/v1/connections/{id}/stats', '200', null, 'ConnectionStatsView'],
    ['get', '/v1/connections/{id}/transactions', '200', null, 'TransactionPageView'],
    ['get', '/v1/transactions/{id}', '200', null, 'TransactionDetailsView'],
    ['get', '/v1/deliveries', '200', null, 'DeliveryPageView'],
    ['get', '/v1/deliveries/{id}', '200', null, 'DeliveryDetailsView'],
    ['post', '/v1/deliveries/{id}/replay', '202', null, 'DeliveryReplayedView'],
    ['get', '/v1/events', '200', null, null],
  ])('describes %s %s → %s', (method, path, status, body, view) => {
    const operation = document.paths[path]?.[method];
    expect(operation).toBeDefined();
    expect(operation?.requestBody?.content['application/json']?.schema).toEqual(
      body === null ? undefined : reference(body),
    );
    const answer = operation?.responses[status];
    expect(answer).toBeDefined();
    expect(answer?.content?.['application/json']?.schema).toEqual(
      view === null ? undefined : reference(view),
    );
  });

  it('tells every schema with its fields', () => {
    const schemas = Object.entries(document.components.schemas);
    const empty = schemas.filter(([, { properties = {} }]) => Object.keys(properties).length === 0);
    expect(empty.map(([name]) => name)).toEqual([]);
    expect(Object.keys(document.components.schemas['ConnectionView']?.properties ?? {})).toEqual(
      expect.arrayContaining([
        'id',
        'tenantId',
        'status',
        'statusReason',
        'accounts',
        'lastSyncStatus',
        'linkUrl',
      ]),
    );
    expect(document.components.schemas['OpenConnectionRequest']?.required).toEqual(
      expect.arrayContaining(['tenantId', 'companyId', 'accountId', 'institutionId', 'iban']),
    );
  });
});

it('/docs shows it to people', async () => {
  const page = await stack.call('/docs', { key: null });
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Passerelle API')]);
});

describe.each(['PORT', 'WEBHOOK_PORT', 'CONNECTIONS_PORT', 'SYNC_APP_PORT', 'SCHEDULER_PORT'] as const)(
  'the app on %s',
  (name) => {
    it('says that it lives and is ready, names its parts, and gives its metrics', async () => {
      const [live, ready, metrics] = await Promise.all(
        ['/health/live', '/health/ready', '/metrics'].map(async (path) => {
          const answer = await fetch(`http://127.0.0.1:${stack.ports[name]}${path}`);
          return { status: answer.status, text: await answer.text() };
        }),
      );
      expect(live).toEqual({ status: 200, text: '{"status":"ok"}' });
      expect(ready?.status).toBe(200);
      const { status, parts } = JSON.parse(ready?.text ?? '') as { status: string; parts: object };
      expect([status, Object.keys(parts)]).toEqual(['ok', expect.arrayContaining([expect.any(String)])]);
      expect(metrics?.text).toMatch(/^passerelle_http_request_duration_seconds_bucket\{/m);
    });
  },
);
