import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Body, Controller, Get, Module, Post, Query } from '@nestjs/common';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsInt, IsOptional, IsString, Max, ValidateNested } from 'class-validator';
import { DomainError } from '#kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpApp, startHttpApp } from './bootstrap-http.js';
import { correlation } from './correlation/als-correlation-scope.js';
import { HealthRegistry } from './health/health-registry.js';
import { createLogger } from './logging/logger.js';

class Credentials {
  @IsString() accessToken = '';
}

class OpenRequest {
  @IsString() name = '';
  @ValidateNested() @Type(() => Credentials) @IsOptional() credentials?: Credentials;
  @ValidateNested({ each: true })
  @Type(() => Credentials)
  @ArrayMaxSize(2)
  @IsOptional()
  more?: Credentials[];
}

class PageQuery {
  @IsInt() @Max(100) @Type(() => Number) @IsOptional() limit?: number;
}

class EngineUnavailable extends Error {
  override readonly name = 'EngineUnavailable';
}

const later = () => new Promise((resolve) => setTimeout(resolve, 2));

@Controller('things')
class ThingsController {
  @Post()
  async open(@Body() body: OpenRequest) {
    await later();
    return { body, correlation: correlation.known() };
  }

  @Get()
  list(@Query() query: PageQuery) {
    return query;
  }

  @Get('exists')
  exists() {
    throw new DomainError('connection.already-exists', 'It is there already.', {
      connectionId: 'c1',
      status: 1,
    });
  }

  @Get('plain')
  plain() {
    // What a remote service's refusal looks like once it has crossed NATS.
    throw Object.assign(Object.create(null), {
      code: 'connection.not-found',
      message: 'No such connection.',
    });
  }

  @Get('special')
  special() {
    throw new DomainError('account.unknown', 'Special.');
  }

  @Get('engine')
  engine() {
    throw new EngineUnavailable('connect ECONNREFUSED 10.0.0.1:5432');
  }

  @Get('bug')
  bug() {
    throw new Error('canary: the cause', { cause: new Error('root cause') });
  }
}

@Module({ controllers: [ThingsController] })
class TestModule {}

const lines: string[] = [];
const logger = createLogger({ app: 'test', destination: { write: (line) => void lines.push(line) } });
const health = new HealthRegistry({ answerWithinMs: 50 });
let running: HttpApp;
let reason: string | null = null;

beforeAll(async () => {
  health.add({ name: 'postgres', check: () => Promise.resolve(reason) });
  running = await startHttpApp({
    module: TestModule,
    logger,
    host: '127.0.0.1',
    port: 0,
    portVariable: 'PORT',
    health,
    statuses: { 'account.unknown': 418 },
    fastify: { bodyLimit: 1_000 },
  });
});
afterAll(() => running.stop());

const get = (path: string, headers: Record<string, string> = {}) => fetch(running.url + path, { headers });
const post = (body: string, type = 'application/json', headers: Record<string, string> = {}) =>
  fetch(`${running.url}/things`, { method: 'POST', headers: { 'content-type': type, ...headers }, body });

const problemOf = async (response: Response | Promise<Response>): Promise<Record<string, unknown>> => {
  const answer = await response;
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const body = (await answer.json()) as Record<string, unknown>;
  expect(body).toMatchObject({ type: 'about:blank', title: expect.any(String), status: answer.status });
  return body;
};

describe('an error answer', () => {
  it.each([
    ['/things/exists', 409, 'connection.already-exists', 'It is there already.'],
    ['/things/plain', 404, 'connection.not-found', 'No such connection.'],
    ['/things/special', 418, 'account.unknown', 'Special.'],
    [
      '/things/engine',
      503,
      'service.unavailable',
      'A part of the service cannot be reached at the moment. Try again shortly.',
    ],
    ['/nowhere', 404, 'route.not-found', 'Cannot GET /nowhere'],
    ['/things/%zz', 400, 'request.invalid', "'/things/%zz' is not a valid url component"],
  ])('of %s is %i %s', async (path, status, code, detail) => {
    expect(await problemOf(get(path))).toMatchObject({ status, code, detail });
  });

  it('carries the details of a domain error, which cannot overwrite its own members', async () => {
    expect(await problemOf(get('/things/exists'))).toMatchObject({ connectionId: 'c1', status: 409 });
  });

  it('tells nothing of a bug but the correlation id, and logs its causes', async () => {
    const answer = await get('/things/bug');
    const id = answer.headers.get('x-correlation-id') ?? 'none';
    const body = await problemOf(answer);
    expect(body).toMatchObject({ status: 500, code: 'internal', detail: expect.stringContaining(id) });
    expect(JSON.stringify(body)).not.toMatch(/canary|stack/);
    const logged = lines.find((line) => line.includes('canary: the cause')) ?? '{}';
    expect(JSON.parse(logged)).toMatchObject({
      correlationId: id,
      err: { cause: { message: 'root cause' } },
    });
  });

  it.each([
    ['half an object', '{"name":', 'application/json', 400, 'request.invalid'],
    ['an empty body', '', 'application/json', 400, 'request.invalid'],
    ['too much', `{"name":"${'x'.repeat(2_000)}"}`, 'application/json', 413, 'request.too-large'],
    ['another type', '<a/>', 'application/xml', 415, 'request.unsupported-media-type'],
  ])('to %s is a problem', async (_, body, type, status, code) => {
    expect(await problemOf(post(body, type))).toMatchObject({ status, code });
  });
});

describe('validation', () => {
  it('names every field, nested ones by their path, and refuses unknown ones', async () => {
    const body = {
      name: 1,
      credentials: { accessToken: 2 },
      more: [{ accessToken: 'x' }, { accessToken: 3 }],
      extra: 1,
    };
    expect(await problemOf(post(JSON.stringify(body)))).toMatchObject({
      status: 400,
      code: 'request.invalid',
      errors: expect.arrayContaining([
        { field: 'name', message: 'name must be a string' },
        { field: 'credentials.accessToken', message: 'accessToken must be a string' },
        { field: 'more.1.accessToken', message: 'accessToken must be a string' },
        { field: 'extra', message: 'is not a known field' },
      ]),
    });
  });

  it('turns query texts into the types of their class', async () => {
    expect(await (await get('/things?limit=20')).json()).toEqual({ limit: 20 });
    expect(await problemOf(get('/things?limit=101'))).toMatchObject({ errors: [{ field: 'limit' }] });
    expect(await problemOf(get('/things?limt=1'))).toMatchObject({ errors: [{ field: 'limt' }] });
  });
});

describe('correlation', () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';

  it('reaches the handler behind the body, and the caller', async () => {
    const given = '0190b7a2-7c3e-7f00-8000-1234567890ab';
    const headers = { 'x-correlation-id': given, traceparent: `00-${trace}-00f067aa0ba902b7-01` };
    const answer = await post('{"name":"n"}', 'application/json', headers);
    expect(answer.headers.get('x-correlation-id')).toBe(given);
    expect(await answer.json()).toMatchObject({
      correlation: {
        correlationId: given,
        traceparent: expect.stringMatching(`^00-${trace}-(?!00f067aa0ba902b7)`),
      },
    });
  });

  it('reaches the handler of a body that arrives later than its head', async () => {
    const given = '0190b7a2-7c3e-7f00-8000-1234567890ab';
    const headers = { 'content-type': 'application/json', 'x-correlation-id': given };
    const sending = request(`${running.url}/things`, { method: 'POST', headers });
    sending.write('{"name":');
    await later();
    sending.end('"n"}');
    const [answer] = (await once(sending, 'response')) as [IncomingMessage];
    expect(JSON.parse(await text(answer))).toMatchObject({ correlation: { correlationId: given } });
  });

  it('is made anew for what is no UUID, and told on unknown routes too', async () => {
    const answer = await get('/nowhere', { 'x-correlation-id': 'x'.repeat(50), traceparent: 'junk' });
    expect(answer.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('does not mix requests on one connection', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const answer = await post('{"name":"n"}');
        const body = (await answer.json()) as { correlation: { correlationId: string } };
        return [answer.headers.get('x-correlation-id'), body.correlation.correlationId] as const;
      }),
    );
    expect(ids.every(([told, inside]) => told === inside)).toBe(true);
    expect(new Set(ids.map(([told]) => told)).size).toBe(20);
  });
});

describe('health', () => {
  it('is live, and ready while all parts are up', async () => {
    reason = null;
    expect((await get('/health/live')).status).toBe(200);
    const ready = await get('/health/ready');
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({ status: 'ok', parts: { postgres: { status: 'up', detail: null } } });
  });

  it('is 503 with the failing part named, without a log line', async () => {
    reason = 'refused';
    const before = lines.length;
    const ready = await get('/health/ready');
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({
      status: 'unavailable',
      parts: { postgres: { status: 'down', detail: 'refused' } },
    });
    expect(lines.length).toBe(before);
  });
});

it('measures requests by route, and tells the figures of the process', async () => {
  await get('/things?limit=1');
  await get('/nowhere/else');
  const figures = await (await get('/metrics')).text();
  expect(figures).toMatch(
    /passerelle_http_request_duration_seconds_count{app="test",method="GET",route="\/things",status="200"} \d/,
  );
  expect(figures).toMatch(/route="unmatched",status="404"/);
  expect(figures).toMatch(/^process_resident_memory_bytes \d/m);
});

describe('the port', () => {
  it('that is taken is an error that names its variable', async () => {
    const port = Number(new URL(running.url).port);
    const options = { module: TestModule, logger, host: '127.0.0.1', portVariable: 'WEBHOOK_PORT' };
    await expect(startHttpApp({ ...options, port })).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is taken. Set WEBHOOK_PORT to a free port.`,
    );
  });

  it('is free again after stop, also when a client keeps its connection open', async () => {
    const options = { module: TestModule, logger, host: '127.0.0.1', portVariable: 'PORT', graceMs: 100 };
    const app = await startHttpApp({ ...options, port: 0 });
    const port = Number(new URL(app.url).port);
    const idle = connect(port, '127.0.0.1');
    await new Promise((resolve) => idle.once('connect', resolve));
    await app.stop();
    const again = await startHttpApp({ ...options, port });
    expect(again.url).toBe(app.url);
    await again.stop();
    idle.destroy();
  });
});
