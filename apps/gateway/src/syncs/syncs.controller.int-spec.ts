import { RPC_SUBJECTS } from '#contracts';
import { Secret } from '#kernel';
import { type EventTail, RpcProblem, type RpcClient } from '#messaging';
import { createLogger, type HttpApp, startHttpApp } from '#platform';
import { generateKey, Vault } from '#vault';
import { afterEach, describe, expect, it } from 'vitest';
import { Callers } from '../callers.js';
import { GatewayDeps } from '../gateway-deps.js';
import { GatewayModule } from '../gateway.module.js';
import type { Idempotency } from '../idempotency.js';
import { OwnWrites } from '../own-writes.js';
import { tellProblem } from '../tell-problem.js';

const RUN = { id: 'run-1', connectionId: 'c-1', status: 'pending' };
const away = new RpcProblem({ code: 'service.unavailable', message: 'Away.' });

let http: HttpApp | undefined;

afterEach(async () => http?.stop());

/** The gateway before a `sync` service that shows these answers, one per look at the run, the last one for ever. */
const gatewayBefore = async (looks: readonly (object | RpcProblem)[]): Promise<string> => {
  await http?.stop();
  let look = 0;
  const rpc: Pick<RpcClient, 'request'> = {
    request: async <T>(subject: string): Promise<T> => {
      if (subject === RPC_SUBJECTS.requestSync) return { ...RUN, position: '7' } as T;
      const answer = looks[Math.min(look, looks.length - 1)];
      look += 1;
      if (answer instanceof RpcProblem) throw answer;
      return answer as T;
    },
  };
  const deps = new GatewayDeps(
    rpc as RpcClient,
    {} as EventTail,
    new Vault(generateKey()),
    {
      once: (_caller: unknown, _key: unknown, _request: unknown, work: () => unknown) => work(),
    } as Idempotency,
    new OwnWrites(),
    false,
    new AbortController().signal,
  );
  http = await startHttpApp({
    module: GatewayModule.with(deps, new Callers(new Secret('key'), [])),
    logger: createLogger({ app: 'gateway', level: 'silent' }),
    host: '127.0.0.1',
    port: 0,
    portVariable: 'PORT',
    tell: tellProblem,
  });
  return http.url;
};

const ask = (url: string, wait: number, body?: string): Promise<Response> =>
  fetch(`${url}/v1/connections/c-1/syncs?wait=${wait}`, {
    method: 'POST',
    headers: { authorization: 'Bearer key', ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body }),
  });

describe('a request for a sync that waits', () => {
  it.each([undefined, '{}'])(
    'is answered with the finished run, also when it has a body: %j',
    async (body) => {
      const url = await gatewayBefore([RUN, RUN, away, RUN, { ...RUN, status: 'success' }]);
      const answer = await ask(url, 30, body);
      expect([answer.status, await answer.json()]).toEqual([200, { ...RUN, status: 'success' }]);
      expect(answer.headers.get('location')).toBe('/v1/syncs/run-1');
    },
  );

  it('is answered with the accepted run when it does not end in time', async () => {
    const url = await gatewayBefore([RUN]);
    const answer = await ask(url, 1);
    expect([answer.status, await answer.json()]).toEqual([202, RUN]);
    expect(answer.headers.get('passerelle-position')).toBe('7');
  });
});

const askIn = async (answer: object | RpcProblem, path: string, language: string) => {
  const url = await gatewayBefore([answer]);
  const headers = { authorization: 'Bearer key', 'accept-language': language };
  const response = await fetch(url + path, { headers });
  expect(response.headers.get('vary')).toBe('accept-language');
  return { language: response.headers.get('content-language'), body: (await response.json()) as object };
};
const problem = (code: string, parameters: object, part: object = {}) => {
  return { code, accountId: null, rowKey: null, count: 1, parameters, message: 'English.', ...part };
};
const FAILED = {
  ...RUN,
  status: 'failure',
  errorCode: 'powens.unavailable',
  errorMessage: 'English.',
  problems: [
    problem('powens.unavailable', { detail: 'Powens answered 503.' }),
    problem('rows.unreadable', { reason: 'bad-date', field: 'rdate' }),
  ],
};

describe('a caller who likes French', () => {
  it('is told in French what went wrong, and what the provider said as it said it', async () => {
    const told = await askIn(FAILED, '/v1/syncs/run-1', 'fr-FR, en;q=0.5');
    expect(told.language).toBe('fr');
    expect(told.body).toMatchObject({
      errorCode: 'powens.unavailable',
      errorMessage:
        'Powens est momentanément indisponible. La prochaine synchronisation réessaiera d’elle-même. (Détail technique : Powens answered 503.)',
      problems: [
        {},
        { message: expect.stringMatching(/^1 ligne\(s\) .*pas de date lisible dans rdate/) as string },
      ],
    });
    const page = await askIn({ items: [FAILED], nextCursor: null }, '/v1/connections/c-1/syncs', 'fr');
    expect(page.body).toMatchObject({
      items: [{ errorMessage: expect.stringMatching(/^Powens est/) as string }],
    });
  });

  it('is told in French what came of a refresh', async () => {
    const refresh = { outcome: 'refused', code: 'powens.too-many-syncs', message: 'English.' };
    const told = await askIn({ ...FAILED, refresh }, '/v1/syncs/run-1', 'fr');
    expect(told.body).toMatchObject({
      refresh: {
        code: 'powens.too-many-syncs',
        message: expect.stringMatching(
          /^Le prestataire n’a pas consulté la banque de nouveau \(powens\.too/,
        ) as string,
      },
    });
    const own = { ...refresh, code: 'refresh.too-soon' };
    expect((await askIn({ ...FAILED, refresh: own }, '/v1/syncs/run-1', 'fr')).body).toMatchObject({
      refresh: {
        message: expect.stringMatching(/^Le prestataire a déjà été prié il y a un instant/) as string,
      },
    });
  });

  it('is told all reasons of a partial run, and in English what no catalogue knows', async () => {
    const partial = { ...FAILED, status: 'partial', errorCode: 'rows.unreadable' };
    const told = await askIn(partial, '/v1/syncs/run-1', 'fr');
    expect(told.body).toMatchObject({
      errorMessage: expect.stringMatching(/^Powens est .* 1 ligne/) as string,
    });
    const foreign = { ...partial, problems: [problem('old.code', {})] };
    expect((await askIn(foreign, '/v1/syncs/run-1', 'fr')).body).toMatchObject({
      errorMessage: 'English.',
      problems: [{ message: 'English.' }],
    });
  });

  it.each(['en', 'de', ''])('is not who asks for %j', async (language) => {
    const told = await askIn(FAILED, '/v1/syncs/run-1', language);
    expect(told).toEqual({ language: 'en', body: FAILED });
  });

  it('is refused in French', async () => {
    const refusal = new RpcProblem({ code: 'sync.not-found', message: 'There is no such sync.' });
    const told = await askIn(refusal, '/v1/syncs/run-9', 'fr');
    expect(told).toMatchObject({
      language: 'fr',
      body: {
        code: 'sync.not-found',
        detail: expect.stringMatching(/^Cette synchronisation n’existe pas/) as string,
      },
    });
    const failed = new RpcProblem({ code: 'provider.failed', message: 'Powens said no.' });
    const { body } = await askIn(failed, '/v1/syncs/run-9', 'fr');
    expect(body).toMatchObject({
      detail: expect.stringMatching(/\(Détail technique : Powens said no\.\)$/) as string,
    });
    const foreign = new RpcProblem({ code: 'some.other', message: 'English.' });
    expect(await askIn(foreign, '/v1/syncs/run-9', 'fr')).toMatchObject({
      language: 'en',
      body: { detail: 'English.' },
    });
    expect(await askIn(refusal, '/v1/%zz', 'fr')).toMatchObject({
      language: 'fr',
      body: { code: 'request.invalid', detail: expect.stringMatching(/^Un champ/) as string },
    });
  });
});
