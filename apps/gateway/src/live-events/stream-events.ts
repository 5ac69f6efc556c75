import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Language } from '#contracts';
import type { TailedEvent } from '#messaging';
import type { FastifyReply } from 'fastify';
import { tellEvent } from './tell-event.js';

/** Keeps proxies from closing a silent stream. */
const HEARTBEAT_MS = 15_000;

const frameOf = ({ sequence, json }: TailedEvent, language: Language): string => {
  const { type } = JSON.parse(json) as { type: string };
  return `id: ${sequence}\nevent: ${type}\ndata: ${tellEvent(json, language)}\n\n`;
};

/** Resolves when the reader has caught up, or is gone. */
const drained = (raw: ServerResponse, signal: AbortSignal): Promise<unknown> =>
  once(raw, 'drain', { signal }).catch(() => undefined);

/** Writes events as they come, at the pace of the reader, until the reader leaves or `stopping` is aborted. */
export const streamEvents = async (
  reply: FastifyReply,
  stopping: AbortSignal,
  language: Language,
  open: (signal: AbortSignal) => AsyncIterable<TailedEvent>,
): Promise<void> => {
  reply.hijack();
  const { raw } = reply;
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  const signal = AbortSignal.any([gone.signal, stopping]);
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'content-language': language,
    vary: 'accept-language',
  });
  raw.write(': connected\n\n');
  const heartbeat = setInterval(() => raw.write(': still here\n\n'), HEARTBEAT_MS);
  try {
    for await (const event of open(signal)) {
      if (!raw.write(frameOf(event, language))) await drained(raw, signal);
    }
  } finally {
    clearInterval(heartbeat);
    raw.end();
  }
};
