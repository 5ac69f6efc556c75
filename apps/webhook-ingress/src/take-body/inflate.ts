import { createGunzip } from 'node:zlib';
import type { BodyBuilder, TakenBody } from './body-builder.js';
import { BodyRefusal } from './body-refusal.js';

const PIECE = 64 * 1024;

/**
 * What gzip bytes say, decompressed piece by piece off the event loop, within the room that `builder` gets; `null` when
 * they are no gzip.
 * @throws {BodyRefusal} `too-large` as soon as it is: a bomb is never unpacked
 */
export const inflate = async (bytes: Uint8Array, builder: BodyBuilder): Promise<TakenBody | null> => {
  const gunzip = createGunzip({ chunkSize: PIECE });
  gunzip.end(bytes);
  try {
    for await (const piece of gunzip) await builder.add(piece as Buffer);
    return builder.finish();
  } catch (error) {
    builder.release();
    if (error instanceof BodyRefusal) throw error;
    return null;
  } finally {
    gunzip.destroy();
  }
};
