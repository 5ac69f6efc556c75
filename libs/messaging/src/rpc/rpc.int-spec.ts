import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Controller,
  Module,
  UseFilters,
  UseInterceptors,
  UsePipes,
  type INestApplication,
} from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Type } from 'class-transformer';
import { IsString, ValidateNested } from 'class-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DomainError, type Correlation, type CorrelationScope } from '#kernel';
import { engineUrls } from '#testing';
import { Nats } from '../nats/nats.js';
import { RpcClient } from './rpc-client.js';
import { rpcValidationPipe } from './request-invalid.js';
import { RpcCorrelationInterceptor } from './rpc-correlation.interceptor.js';
import { RpcProblemFilter } from './rpc-problem.filter.js';
import { RpcProblem } from './rpc-problem.js';
import { natsRpcOptions } from './rpc-server.js';

const store = new AsyncLocalStorage<Correlation>();
const scope: CorrelationScope = {
  current: () =>
    store.getStore() ?? { correlationId: randomUUID(), causationId: null, traceparent: null, actor: null },
  run: (correlation, work) => store.run(correlation, work),
};

class Person {
  @IsString()
  name!: string;
}
class Greet {
  @ValidateNested()
  @Type(() => Person)
  person!: Person;
}

const prefix = `passerelle.rpc.greeters-${randomUUID()}`;

@Controller()
@UsePipes(rpcValidationPipe())
@UseFilters(new RpcProblemFilter())
@UseInterceptors(new RpcCorrelationInterceptor(scope))
class Greeter {
  @MessagePattern(`${prefix}.greet`)
  greet(@Payload() { person }: Greet): object {
    return { text: `Good morning, ${person.name}`, isPerson: person instanceof Person };
  }
  @MessagePattern(`${prefix}.nothing`)
  nothing(): void {}
  @MessagePattern(`${prefix}.who`)
  async who(): Promise<Correlation> {
    await sleep(5);
    return scope.current();
  }
  @MessagePattern(`${prefix}.refuse`)
  refuse(): never {
    throw new DomainError('service.unavailable', 'Come back tomorrow.', { until: '08:00' });
  }
  @MessagePattern(`${prefix}.break`)
  break(): never {
    throw new Error('password=hunter2');
  }
  @MessagePattern(`${prefix}.slow`)
  async slow(): Promise<string> {
    await sleep(400);
    return 'done';
  }
}

@Module({ controllers: [Greeter] })
class Greeters {}

describe('request/reply', () => {
  let nats: Nats;
  let client: RpcClient;
  let app: INestApplication;

  beforeAll(async () => {
    const url = engineUrls().natsUrl;
    nats = await Nats.connect({ url, name: 'rpc spec' });
    client = new RpcClient(nats, scope);
    app = await NestFactory.create(Greeters, new FastifyAdapter(), { logger: false });
    app.connectMicroservice(natsRpcOptions({ url, queue: 'greeters' }));
    await app.startAllMicroservices();
  });
  afterAll(async () => {
    await app.close();
    await nats.close();
  });

  const problem = async (subject: string, payload: object = {}, timeoutMs?: number): Promise<RpcProblem> => {
    const answer = await client
      .request(subject, payload, timeoutMs === undefined ? {} : { timeoutMs })
      .catch((error: unknown) => error);
    expect(answer).toBeInstanceOf(RpcProblem);
    return answer as RpcProblem;
  };

  it('returns what the handler returned', async () => {
    expect(await client.request(`${prefix}.greet`, { person: { name: 'Ada' } })).toEqual({
      text: 'Good morning, Ada',
      isPerson: true,
    });
    expect(await client.request(`${prefix}.nothing`, {})).toBeUndefined();
  });

  it('carries the caller’s correlation into the handler', async () => {
    const mine = { correlationId: randomUUID(), causationId: 'c', traceparent: 't', actor: 'api-key:ops' };
    expect(await scope.run(mine, () => client.request(`${prefix}.who`, {}))).toEqual(mine);
  });

  it('names every wrong, missing or unknown member', async () => {
    const refused = await problem(`${prefix}.greet`, { person: { name: 7 }, mood: 'good' });
    expect(refused.code).toBe('request.invalid');
    expect(refused.errors).toEqual([
      { field: 'mood', code: 'field.unknown', parameters: {}, message: 'is not a known field' },
      { field: 'person.name', code: 'field.no-text', parameters: {}, message: 'must be a text' },
    ]);
  });

  it('hands on a broken rule of the domain', async () => {
    expect(await problem(`${prefix}.refuse`)).toMatchObject({
      code: 'service.unavailable',
      message: 'Come back tomorrow.',
      details: { until: '08:00' },
    });
  });

  it('hides what is not meant for callers', async () => {
    const failed = await problem(`${prefix}.break`);
    expect({ code: failed.code, message: failed.message }).toEqual({
      code: 'internal',
      message: 'Internal error',
    });
    expect(JSON.stringify(failed)).not.toContain('hunter2');
  });

  it('says which service is not there', async () => {
    expect(await problem('passerelle.rpc.nobody.get')).toMatchObject({
      code: 'service.unavailable',
      message: 'The nobody service is not running.',
      details: { service: 'nobody', reason: 'no-responders' },
    });
  });

  it('says which service did not answer in time', async () => {
    expect(await problem(`${prefix}.slow`, {}, 50)).toMatchObject({
      code: 'service.unavailable',
      details: { reason: 'timeout' },
    });
  });

  it('answers what it has in hand before it stops', async () => {
    const url = engineUrls().natsUrl;
    const other = await NestFactory.createMicroservice(Greeters, {
      ...natsRpcOptions({ url, queue: 'others' }),
      logger: false,
    });
    await app.close();
    await other.listen();
    const answer = client.request(`${prefix}.slow`, {});
    await sleep(100);
    const begun = Date.now();
    await other.close();
    expect(await answer).toBe('done');
    expect(Date.now() - begun).toBeLessThan(2_000);
    expect((await problem(`${prefix}.slow`)).details).toMatchObject({ reason: 'no-responders' });
  });
});
