import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AckPolicy, type JsMsg } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { STREAMS } from '#contracts';
import { engineUrls, OwnNatsServer } from '#testing';
import { Nats } from '../nats/nats.js';
import { ensureStreams } from '../nats/streams.js';
import { PullLoop } from './pull-loop.js';

describe('PullLoop', () => {
  let nats: Nats;
  beforeAll(async () => {
    nats = await Nats.connect({ url: engineUrls().natsUrl, name: 'pull loop spec' });
    await ensureStreams(nats);
  });
  afterAll(async () => nats.close());

  const loopOn = (
    name: string,
    handle: (message: JsMsg) => Promise<void>,
    connection: Nats = nats,
  ): PullLoop =>
    new PullLoop({
      nats: connection,
      stream: STREAMS.commands,
      concurrency: 4,
      consumer: {
        durable_name: name,
        filter_subject: `passerelle.commands.${name}`,
        ack_policy: AckPolicy.Explicit,
        ack_wait: nanos(60_000),
        max_deliver: -1,
      },
      handle,
    });

  it('strands no message by stopping: all are handled long before ack_wait is over', async () => {
    const name = `test-${randomUUID()}`;
    const count = 1_000;
    const handled = new Set<string>();
    const handle = async (message: JsMsg): Promise<void> => {
      handled.add(message.string());
      await message.ackAck();
    };
    const publishing = { isDone: false };
    const publish = async (): Promise<void> => {
      for (let i = 0; i < count; i += 1) {
        await nats.jetstream.publish(`passerelle.commands.${name}`, String(i));
      }
      publishing.isDone = true;
    };
    const published = publish();
    for (let round = 0; !publishing.isDone; round += 1) {
      const loop = loopOn(name, handle);
      await loop.start();
      await sleep(round % 7);
      await loop.stop();
    }
    await published;
    const last = loopOn(name, handle);
    await last.start();
    await vi.waitFor(() => expect(handled.size).toBe(count), { timeout: 15_000, interval: 20 });
    await last.stop();
  });

  it('makes its consumer anew when somebody deleted it', async () => {
    const name = `test-${randomUUID()}`;
    const handled: string[] = [];
    const loop = loopOn(name, async (message) => {
      handled.push(message.string());
      message.ack();
    });
    await loop.start();
    await nats.jetstream.publish(`passerelle.commands.${name}`, 'before');
    await vi.waitFor(() => expect(handled).toEqual(['before']));
    await nats.manager.consumers.delete(STREAMS.commands, name);
    await nats.jetstream.publish(`passerelle.commands.${name}`, 'after');
    await vi.waitFor(() => expect(handled).toEqual(['before', 'after']), { timeout: 15_000, interval: 20 });
    await loop.stop();
  });

  it('stops also while the server is away, without waiting for its return', async () => {
    const server = await OwnNatsServer.start();
    const own = await Nats.connect({ url: server.url, name: 'stop spec' });
    try {
      await ensureStreams(own);
      const loop = loopOn(`test-${randomUUID()}`, async (message) => message.ack(), own);
      await loop.start();
      await own.ping();
      await server.kill();
      await vi.waitFor(() => expect(own.losses).toBe(1), { timeout: 5_000, interval: 20 });
      await loop.stop();
    } finally {
      await own.close();
      await server.remove();
    }
  });
});
