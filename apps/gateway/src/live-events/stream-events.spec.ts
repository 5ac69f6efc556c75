import { Writable } from 'node:stream';
import type { TailedEvent } from '#messaging';
import type { FastifyReply } from 'fastify';
import { describe, expect, it } from 'vitest';
import { streamEvents } from './stream-events.js';

const eventsUpTo = async function* (last: number): AsyncGenerator<TailedEvent, void> {
  for (let sequence = 1; sequence <= last; sequence += 1) {
    yield { sequence, subject: 's', json: JSON.stringify({ type: 'passerelle.x.v1', n: sequence }) };
  }
};

/** A reader whose connection takes one write at a time, so that every event has to wait for it. */
const slowReader = () => {
  const received: string[] = [];
  const writable = new Writable({
    highWaterMark: 1,
    write: (chunk: Buffer, _encoding, taken) => {
      received.push(chunk.toString());
      setImmediate(taken);
    },
  });
  const raw = Object.assign(writable, { writeHead: () => undefined });
  const reply = { raw, hijack: () => undefined } as unknown as FastifyReply;
  return { raw, reply, received };
};

describe('a live stream', () => {
  it('writes every event in order, at the pace of its reader, and leaves nothing behind for each', async () => {
    const { raw, reply, received } = slowReader();
    let listeners = 0;
    await streamEvents(reply, new AbortController().signal, 'en', async function* () {
      for await (const event of eventsUpTo(200)) {
        listeners = Math.max(listeners, raw.listenerCount('close'));
        yield event;
      }
    });
    const text = received.join('');
    const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
    expect(ids).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    expect(text).toContain('event: passerelle.x.v1\ndata: {"type":"passerelle.x.v1","n":1}\n\n');
    expect(listeners).toBeLessThan(10);
  });

  it('ends while it waits for a reader who is gone, and when the app stops', async () => {
    const left = slowReader();
    const reading = streamEvents(left.reply, new AbortController().signal, 'en', async function* (signal) {
      for await (const event of eventsUpTo(1_000)) if (!signal.aborted) yield event;
    });
    left.raw.destroy();
    await reading;
    const stuck = slowReader();
    const stopping = new AbortController();
    const streaming = streamEvents(stuck.reply, stopping.signal, 'en', async function* (signal) {
      for await (const event of eventsUpTo(1_000)) if (!signal.aborted) yield event;
    });
    stopping.abort();
    await streaming;
    expect(stuck.raw.writableEnded).toBe(true);
  });
});
