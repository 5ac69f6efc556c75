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

const RUN = { id: 'run-1', connectionId: 'c-1', status: 'pending' };
const away = new RpcProblem({ code: 'service.unavailable', message: 'Away.' });

let http: HttpApp | undefined;

afterEach(async () => http?.stop());

/** The gateway before a `sync` service that shows these answers, one per look at the run, the last one for ever. */
const gatewayBefore = async (looks: readonly (object | RpcProblem)[]): Promise<string> => {
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
