import type { IncomingMessage } from 'node:http';
import type { FastifyReply } from 'fastify';
import { SMALL_BODY } from '../take-body/body-builder.js';
import { declaredLength } from '../take-body/body-intake.js';
import { isUninvited } from '../take-body/expect-continue.js';
import type { Answer } from './answer.js';

/** What is still read of a body that nobody wants, so that its sender gets to see the answer instead of a reset. */
const LINGER_BYTES = 1024 * 1024;
const LINGER_MS = 1_000;
const REST_MS = 5_000;

/** Reads and forgets; resolves at the end, at a bound, or when the sender has gone. */
const discard = (source: IncomingMessage, bytes: number, ms: number): Promise<void> =>
  new Promise((resolve) => {
    let left = bytes;
    const end = (): void => {
      clearTimeout(timer);
      source.off('data', onData).off('end', end).off('close', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    const onData = ({ byteLength }: Buffer): void => {
      left -= byteLength;
      if (left < 0) end();
    };
    source.on('data', onData).on('end', end).on('close', end);
    source.resume();
  });

/** The rest of a small body, for the next request on this connection. */
const discardRest = async (source: IncomingMessage): Promise<void> => {
  await discard(source, SMALL_BODY, REST_MS);
  if (!source.complete) source.destroy();
};

const headersOf = ({ retryAfterS }: Answer): Record<string, string> =>
  retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };

/** Ends the connection: the whole answer is sent at once, its end and the close follow when the sender had time to read it. */
const answerAndClose = async (reply: FastifyReply, answer: Answer): Promise<void> => {
  const source = reply.request.raw;
  const text = JSON.stringify(answer.body);
  const sent = reply.getHeaders();
  reply.hijack();
  const response = reply.raw;
  response.on('error', () => undefined);
  for (const [name, value] of Object.entries({ ...sent, ...headersOf(answer) })) {
    if (value !== undefined) response.setHeader(name, value);
  }
  response.writeHead(answer.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  });
  response.write(text);
  await discard(source, LINGER_BYTES, LINGER_MS);
  response.end();
};

/** Answers also when the body was not read, or not to its end. */
export const sendAnswer = async (reply: FastifyReply, answer: Answer): Promise<void> => {
  const source = reply.request.raw;
  if (source.destroyed && !source.complete) {
    reply.hijack();
    return;
  }
  const length = declaredLength(source);
  const isRead = source.complete || length === 0;
  const isRestSmall =
    length !== null && length <= SMALL_BODY && !isUninvited(source) && answer.status !== 408;
  if (!isRead && !isRestSmall) return answerAndClose(reply, answer);
  await reply.status(answer.status).headers(headersOf(answer)).send(answer.body);
  if (!isRead) await discardRest(source);
};
