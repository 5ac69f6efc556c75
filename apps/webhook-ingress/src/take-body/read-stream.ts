import type { IncomingMessage } from 'node:http';
import { BodyRefusal } from './body-refusal.js';
import type { SenderPace } from './sender-pace.js';

/** Takes one piece; a promise: the sender has to wait for it, its socket is not read meanwhile. */
export type TakeChunk = (chunk: Buffer) => Promise<void> | undefined;

/**
 * Reads the body of a request to its end. A stream that somebody else has read already is at its end. After a refusal
 * nothing more is read; the connection stays as it is, so that it can be answered.
 * @throws {BodyRefusal} what `take` throws, `slow`, or `broken-off`
 */
export const readStream = (source: IncomingMessage, pace: SenderPace, take: TakeChunk): Promise<void> =>
  new Promise((resolve, reject) => {
    if (source.readableDidRead) return resolve();
    if (source.destroyed) return reject(new BodyRefusal('broken-off'));
    let isOver = false;
    const settle = (error?: Error): void => {
      if (isOver) return;
      isOver = true;
      watched.end();
      source.off('data', onData).off('end', onEnd).off('close', onClose);
      if (!error) return resolve();
      source.pause();
      reject(error);
    };
    const watched = pace.watch(() => settle(new BodyRefusal('slow')));
    const goOn = (): void => {
      if (isOver) return;
      watched.resume();
      source.resume();
    };
    const onData = (chunk: Buffer): void => {
      watched.progress(chunk.byteLength);
      let wait: Promise<void> | undefined;
      try {
        wait = take(chunk);
      } catch (error) {
        return settle(error as Error);
      }
      if (!wait) return;
      source.pause();
      watched.pause();
      wait.then(goOn, settle);
    };
    const onEnd = (): void => settle();
    const onClose = (): void => settle(new BodyRefusal('broken-off'));
    // Node tells a broken connection as an error and then as a close.
    source.on('error', () => undefined);
    source.on('data', onData).on('end', onEnd).on('close', onClose);
  });
