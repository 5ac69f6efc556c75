import { Logger as NestStaticLogger } from '@nestjs/common';
import { Secret } from '#kernel';
import { describe, expect, it } from 'vitest';
import { correlation, freshCorrelation } from '../correlation/als-correlation-scope.js';
import { createLogger, type LoggerOptions } from './logger.js';
import { logAs, NestLogger } from './nest-logger.js';

const recorder = (options: Partial<LoggerOptions> = {}) => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ app: 'sync', destination, level: 'trace', ...options });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
};

describe('a log line', () => {
  it('is JSON with time, level, app and message', () => {
    const { logger, last } = recorder();
    logger.info({ connectionId: 'c1', position: 12n }, 'Synced');
    expect(last()).toEqual({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      level: 'info',
      app: 'sync',
      connectionId: 'c1',
      position: '12',
      msg: 'Synced',
    });
  });

  it('carries the correlation id of the work at hand, and none outside of it', () => {
    const { logger, last } = recorder();
    const story = freshCorrelation();
    correlation.run(story, () => logger.info('inside'));
    expect(last()).toMatchObject({ correlationId: story.correlationId });
    logger.info('outside');
    expect(last()).not.toHaveProperty('correlationId');
  });

  it('tells an error with its causes', () => {
    const { logger, last } = recorder();
    logger.error(new Error('outer', { cause: new TypeError('inner') }));
    expect(last()).toMatchObject({
      err: { message: 'outer', type: 'Error', cause: { message: 'inner', type: 'TypeError' } },
    });
  });

  it('is readable text for people', () => {
    const { logger, lines } = recorder({ readable: true });
    logger.warn({ delayMs: 5 }, 'Slow');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} .*WARN .* sync: Slow.* delayMs=5/);
  });
});

describe('a canary', () => {
  const canary = 'canary-5d1e';
  const sealed = `gAAAAABm${'x'.repeat(60)}canary5d1e=`;

  it.each<[string, unknown]>([
    ['an authorization header', { req: { headers: { authorization: `Bearer ${canary}` } } }],
    ['a cookie', { headers: { 'set-cookie': [canary] } }],
    ['an access token', { accessToken: canary }],
    ['a nested token', { a: [{ b: { refresh_token: canary } }] }],
    ['a client secret', { config: { clientSecret: canary } }],
    ['an api key', { apiKey: canary, api_key: canary, 'x-api-key': canary }],
    ['a wrapped secret', { anything: new Secret(canary) }],
    ['a password in an address', { url: `postgresql://user:${canary}@localhost/db` }],
    ['a bearer key inside of a text', { detail: `refused: Bearer ${canary}` }],
    ['a sealed token inside of a text', { detail: `cannot open ${sealed}` }],
    ['the member of an error', Object.assign(new Error('x'), { response: { token: canary } })],
    ['the message of an error', new Error(`GET postgres://u:${canary}@h failed`)],
    ['the message of a cause', new Error('x', { cause: new Error(`Bearer ${canary}`) })],
  ])('is not logged with %s', (_, members) => {
    const { logger, lines } = recorder();
    logger.info(members, 'Something');
    expect(lines[0]).toContain('Something');
    expect(lines[0]).not.toMatch(/canary/);
  });

  it('is not logged as part of the message or of a child', () => {
    const { logger, lines } = recorder();
    logger
      .child({ token: canary, note: `Bearer ${canary}` })
      .info(`amqp://u:${canary}@h and Bearer ${canary}`);
    expect(lines[0]).not.toMatch(/canary/);
  });
});

it.each([
  ['a member', { iban: 'FR7630006000011234567890189' }, ''],
  ['a member with spaces', { holderIban: 'FR76 3000 6000 0112 3456 7890 189' }, ''],
  ['a text', { detail: 'account FR7630006000011234567890189 is unknown' }, ''],
  ['the message', {}, 'account FR76 3000 6000 0112 3456 7890 189 is unknown'],
])('shows only the end of an IBAN in %s', (_, members, message) => {
  const { logger, lines } = recorder();
  logger.info(members, message);
  expect(lines[0]).toContain('…0189');
  expect(lines[0]).not.toMatch(/3000\s?6000/);
});

it('leaves ids, amounts and days as they are', () => {
  const { logger, last } = recorder();
  const members = { id: '0190b7a2-7c3e-7f00-8000-1234567890ab', amount: '-12.30', bookedOn: '2026-11-22' };
  logger.info(members);
  expect(last()).toMatchObject(members);
});

const line = async (text: string) => {
  await Promise.resolve();
  new NestStaticLogger('Context').log(text);
};

describe("Nest's lines", () => {
  it('carry the name of the app that is at work, though Nest has one logger', async () => {
    const one = recorder({ app: 'one' });
    const two = recorder({ app: 'two' });
    NestStaticLogger.overrideLogger(new NestLogger(one.logger));
    await Promise.all([logAs(two.logger, () => line('from two')), line('from nobody')]);
    NestStaticLogger.overrideLogger(false);
    expect(two.last()).toMatchObject({ app: 'two', context: 'Context', msg: 'from two' });
    expect(one.last()).toMatchObject({ app: 'one', msg: 'from nobody' });
  });

  it('are quiet about wiring and keep the stack of an error', () => {
    const { logger, lines, last } = recorder({ level: 'info' });
    const nest = new NestLogger(logger);
    nest.log('AppModule dependencies initialized', 'InstanceLoader');
    expect(lines).toEqual([]);
    nest.error('Broken', 'Error: Broken\n at x', 'ExceptionsHandler');
    expect(last()).toMatchObject({
      msg: 'Broken',
      stack: 'Error: Broken\n at x',
      context: 'ExceptionsHandler',
    });
  });
});
