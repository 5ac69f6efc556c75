import { randomFillSync } from 'node:crypto';

/** A call for every few bytes costs more than the bytes. */
const block = Buffer.allocUnsafeSlow(4_096);
let at = block.byteLength;

/** So many random bytes as hex; no byte is given twice. */
export const randomHex = (bytes: number): string => {
  if (at + bytes > block.byteLength) {
    randomFillSync(block);
    at = 0;
  }
  at += bytes;
  return block.toString('hex', at - bytes, at);
};
