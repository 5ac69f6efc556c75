import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { NestFactory } from '@nestjs/core';
import { IsString } from 'class-validator';
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Correlation, CorrelationScope } from '#kernel';
import { engineUrls, OwnNatsServer } from '#testing';
import { Nats } from '../nats/nats.js';
import { ensureStreams } from '../nats/streams.js';
import { CommandPublisher } from './command-publisher.js';
import { DeadLetters, type DeadLetter } from './dead-letters.js';
import { DurableCommand } from './durable-command.js';
import { PermanentFailure, RetryLater } from './failures.js';
import { JetStreamContext } from './jetstream-context.js';
import { JetStreamStrategy, type JetStreamStrategyOptions } from './jetstream.strategy.js';

const fresh = (): Correlation => ({
  correlationId: randomUUID(),
  causationId: null,
  traceparent: null,
  actor: null,
});

class LocalScope implements CorrelationScope {
  private readonly store = new AsyncLocalStorage<Correlation>();
  current(): Correlation {
    return this.store.getStore() ?? fresh();
  }
  run<T>(correlation: Correlation, work: () => T): T {
    return this.store.run(correlation, work);
  }
}

class Greet {
  @IsString()
  name!: string;
}

type Handle = (command: Greet, context: JetStreamContext) => Promise<unknown>;

const scope = new LocalScope();
const until = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 15_000, interval: 20 });

/** An app whose only handler does what the test says, on a subject of its own. */
const appWith = async (
  nats: Nats,
  handle: Handle,
  options: Partial<JetStreamStrategyOptions> & { subject?: string } = {},
): Promise<{ app: INestMicroservice; subject: string }> => {
  const subject = options.subject ?? `passerelle.commands.test-${randomUUID()}.greet`;

  @Controller()
  class Greeter {
    @DurableCommand(subject)
    async greet(@Payload() command: Greet, @Ctx() context: JetStreamContext): Promise<unknown> {
      return handle(command, context);
    }
  }
  @Module({ controllers: [Greeter] })
  class Greeters {}

  const strategy = new JetStreamStrategy({ nats, scope, backoffMs: () => 20, ...options });
  const app = await NestFactory.createMicroservice(Greeters, { strategy, logger: false });
  await app.listen();
  return { app, subject };
};

describe('durable commands', () => {
  let nats: Nats;
  let publisher: CommandPublisher;
  const apps: INestMicroservice[] = [];

  const serve = async (handle: Handle, options?: Parameters<typeof appWith>[2]): Promise<string> => {
    const { app, subject } = await appWith(nats, handle, options);
    apps.push(app);
    return subject;
  };
  const send = (subject: string, payload: object = { name: 'Ada' }): Promise<void> =>
    publisher.publish(subject, payload, { msgId: randomUUID() });
  const lettersOf = async (subject: string): Promise<DeadLetter[]> => {
    const letters = await new DeadLetters(nats).listDeadLetters({ limit: 10_000 });
    return letters.filter((letter) => letter.subject === subject);
  };

  beforeAll(async () => {
    nats = await Nats.connect({ url: engineUrls().natsUrl, name: 'strategy spec' });
    await ensureStreams(nats);
    publisher = new CommandPublisher(nats, scope);
  });
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
  });
  afterAll(async () => nats.close());

  it('hands a handler the typed payload within the publisher’s correlation and acknowledges it', async () => {
    const seen: unknown[] = [];
    const subject = await serve(async (command, context) => {
      seen.push([command instanceof Greet, command.name, context.attempt, scope.current()]);
    });
    const correlation = { ...fresh(), actor: 'scheduler', causationId: 'c-1', traceparent: '00-a-b-01' };
    await scope.run(correlation, () => send(subject));
    await until(() => expect(seen).toEqual([[true, 'Ada', 1, correlation]]));
    await until(async () => {
      const found = await nats.manager.streams.getMessage('PASSERELLE_COMMANDS', { last_by_subj: subject });
      expect(found).toBeNull();
    });
  });

  it('tries again after a failure until it succeeds', async () => {
    const attempts: number[] = [];
    const subject = await serve(async (_, context) => {
      attempts.push(context.attempt);
      if (attempts.length < 3) throw new Error('not yet');
    });
    await send(subject);
    await until(() => expect(attempts).toEqual([1, 2, 3]));
    expect(await lettersOf(subject)).toEqual([]);
  });

  it('gives up at the attempt limit, keeps the command among the dead letters and can send it again', async () => {
    let isBroken = true;
    const handled: string[] = [];
    let calls = 0;
    const subject = await serve(
      async ({ name }) => {
        calls += 1;
        if (isBroken) throw new Error('boom');
        handled.push(`${name} ${scope.current().actor}`);
      },
      { maxAttempts: 3 },
    );
    await scope.run({ ...fresh(), actor: 'webhook:powens' }, () => send(subject));
    const [letter] = await until(async () => {
      const letters = await lettersOf(subject);
      expect(letters).toHaveLength(1);
      return letters;
    });
    expect(letter).toMatchObject({ reason: '3 failed attempts, the last: boom', attempts: 3 });
    expect(JSON.parse(letter?.payload ?? '')).toEqual({ name: 'Ada' });
    expect(calls).toBe(3);
    isBroken = false;
    await new DeadLetters(nats).resendDeadLetter(letter?.sequence ?? 0);
    await until(() => expect(handled).toEqual(['Ada webhook:powens']));
    expect(await lettersOf(subject)).toEqual([]);
    await expect(new DeadLetters(nats).resendDeadLetter(letter?.sequence ?? 0)).rejects.toThrow(
      'There is no dead letter',
    );
  });

  it.each([
    ['a payload of another shape', { name: 7 }, 'name: must be a text'],
    ['a permanent failure', { name: 'permanent' }, 'no such account'],
  ])('declares dead at once: %s', async (_, payload, reason) => {
    let calls = 0;
    const subject = await serve(async () => {
      calls += 1;
      throw new PermanentFailure('no such account');
    });
    await send(subject, payload);
    await until(async () => {
      expect(await lettersOf(subject)).toMatchObject([
        { reason: expect.stringContaining(reason), attempts: 1 },
      ]);
    });
    expect(calls).toBe(payload.name === 'permanent' ? 1 : 0);
  });

  it('declares dead at once what is no JSON', async () => {
    const subject = await serve(async () => undefined);
    await nats.jetstream.publish(subject, '{"name":');
    await until(async () => {
      expect(await lettersOf(subject)).toMatchObject([{ payload: '{"name":', attempts: 1 }]);
    });
  });

  it('lets a postponed command return as often as it likes', async () => {
    let calls = 0;
    const subject = await serve(
      async () => {
        calls += 1;
        if (calls < 6) throw new RetryLater(10);
      },
      { maxAttempts: 2 },
    );
    await send(subject);
    await until(() => expect(calls).toBe(6));
    expect(await lettersOf(subject)).toEqual([]);
  });

  it('keeps a long-running command for itself', async () => {
    const attempts: number[] = [];
    let isDone = false;
    const subject = await serve(
      async (_, context) => {
        attempts.push(context.attempt);
        await sleep(3_500);
        isDone = true;
      },
      { ackWaitMs: 1_000, concurrency: 2 },
    );
    await send(subject);
    await until(() => expect(isDone).toBe(true));
    await until(async () => {
      expect(
        await nats.manager.streams.getMessage('PASSERELLE_COMMANDS', { last_by_subj: subject }),
      ).toBeNull();
    });
    expect(attempts).toEqual([1]);
  });

  it('handles as many at once as it may, and never more', async () => {
    let [running, most, done] = [0, 0, 0];
    const subject = await serve(
      async () => {
        running += 1;
        most = Math.max(most, running);
        await sleep(30);
        running -= 1;
        done += 1;
      },
      { concurrency: 3 },
    );
    await Promise.all(Array.from({ length: 12 }, () => send(subject)));
    await until(() => expect(done).toBe(12));
    expect(most).toBe(3);
  });

  it('finishes what it has in hand when it stops, and returns at once what was aborted', async () => {
    const log: string[] = [];
    const subject = `passerelle.commands.test-${randomUUID()}.greet`;
    const first = await appWith(
      nats,
      async ({ name }, { signal }) => {
        log.push(`begin ${name}`);
        if (name === 'aborted') {
          await new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(new Error('stopping')));
          });
        }
        await sleep(300);
        log.push(`end ${name}`);
      },
      { subject },
    );
    await send(subject, { name: 'kept' });
    await send(subject, { name: 'aborted' });
    await until(() => expect(log).toHaveLength(2));
    await first.app.close();
    expect(log).toContain('end kept');
    const again: string[] = [];
    await serve(async ({ name }) => again.push(name), { subject });
    await until(() => expect(again).toEqual(['aborted']));
  });
});

describe('durable commands while the server is away', () => {
  it('go on by themselves after a kill, also for a command in hand and one published meanwhile', async () => {
    const server = await OwnNatsServer.start();
    const nats = await Nats.connect({ url: server.url, name: 'restart spec' });
    try {
      await ensureStreams(nats);
      const names: string[] = [];
      const { app, subject } = await appWith(nats, async ({ name }) => {
        await sleep(name === 'in hand' ? 500 : 0);
        names.push(name);
      });
      const publisher = new CommandPublisher(nats, scope);
      const send = (name: string): Promise<void> => publisher.publish(subject, { name }, { msgId: name });
      await send('before');
      await until(() => expect(names).toEqual(['before']));
      await send('in hand');
      await sleep(100);
      await server.kill();
      const meanwhile = send('meanwhile');
      await sleep(10_000);
      await server.resume();
      await meanwhile;
      await send('after');
      await until(() => expect(names.toSorted()).toEqual(['after', 'before', 'in hand', 'meanwhile']));
      await app.close();
    } finally {
      await nats.close();
      await server.remove();
    }
  }, 60_000);
});
