import { InMemoryEventStore } from '#testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DoorChanges } from '../start.js';
import { deliver, freshBody, signedHeaders, startTestDoor } from '../test-door.js';

/** A log of its own: that of the run is shared, and other specs seal with other keys. */
const store = new InMemoryEventStore();

type Configure = NonNullable<DoorChanges['configure']>;

const fastifyOf = (app: Parameters<Configure>[0]) => app.getHttpAdapter().getInstance();

const parserOf =
  (type: string): Configure =>
  (app) => {
    const fastify = fastifyOf(app);
    fastify.removeContentTypeParser(type);
    fastify.addContentTypeParser(type, { parseAs: 'string' }, (_request, body, done) => done(null, body));
  };

/** Hands bodies on as somebody would who takes them for texts. */
const throughTexts: Configure = (app) => {
  fastifyOf(app).addHook('onRequest', ({ raw }, _reply, done) => {
    const emit = raw.emit.bind(raw);
    raw.emit = (name: string | symbol, ...given: unknown[]) =>
      emit(name, ...given.map((each) => (Buffer.isBuffer(each) ? Buffer.from(each.toString()) : each)));
    done();
  });
};

const readBefore: Configure = (app) => {
  fastifyOf(app).addHook('preParsing', async ({ raw }) => {
    for await (const _ of raw);
  });
};

describe('a door that does not get what is sent to it', () => {
  it.each<[string, Configure]>([
    ['a parser of everything', parserOf('*')],
    ['a hook that reads bodies', readBefore],
    ['a hook that makes texts of them', throughTexts],
  ])('does not start: %s', async (_, configure) => {
    const start = startTestDoor(store, {}, { configure });
    await expect(start).rejects.toThrow('The webhook door does not get bodies as they are sent');
  });

  it('does not start when something else answers', async () => {
    const start = startTestDoor(
      store,
      {},
      {
        configure: (app) => {
          app
            .getHttpAdapter()
            .getInstance()
            .addHook('onRequest', (_request, reply) => void reply.status(404).send(''));
        },
      },
    );
    await expect(start).rejects.toThrow('answered 404 to its own request');
  });
});

describe('a door that does', () => {
  it('starts, and a parser of JSON changes nothing', async () => {
    const door = await startTestDoor(store, {}, { configure: parserOf('application/json') });
    onTestFinished(() => door.http.stop());
    const body = freshBody();
    const headers = { ...signedHeaders(body), 'content-type': 'application/json' };
    expect((await deliver(door, body, headers)).status).toBe(200);
  });

  it.each(['', '/hooks'])(
    'is ready, with nothing stored or counted, behind the prefix "%s" too',
    async (prefix) => {
      const before = await store.head();
      const door = await startTestDoor(store, { WEBHOOK_PUBLIC_PATH: prefix });
      onTestFinished(() => door.http.stop());
      const ready = await fetch(`${door.http.url}/health/ready`);
      expect([ready.status, await ready.json()]).toMatchObject([
        200,
        { parts: { 'self-check': { status: 'up' } } },
      ]);
      expect(await store.head()).toBe(before);
      expect(await door.figure('passerelle_webhooks_total{')).toBe(0);
      expect(await door.figure('passerelle_webhook_append_duration_seconds_count')).toBe(0);
    },
  );
});
