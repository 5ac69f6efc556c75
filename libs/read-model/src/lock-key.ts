import { createHash } from 'node:crypto';

/** The 64-bit key of an advisory lock, from its name. */
export const lockKey = (name: string): bigint => createHash('sha256').update(name).digest().readBigInt64BE(0);

/** The two 32-bit halves under which `pg_locks` lists that key. */
export const lockKeyHalves = (name: string): readonly [high: bigint, low: bigint] => {
  const key = BigInt.asUintN(64, lockKey(name));
  return [key >> 32n, key & 0xffff_ffffn];
};
