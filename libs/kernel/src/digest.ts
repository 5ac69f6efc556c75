const mixed = (a: number, b: number): number =>
  Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);

/**
 * 64 bits of a text as a signed decimal (PostgreSQL's `bigint`): tells texts apart at a small part of what SHA-256 costs.
 * Whoever chooses the texts can make two collide, so never for security, and what must not be confused is compared in full
 * afterwards. Never change it: digests are stored.
 */
export const digest64 = (text: string): string => {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    low = Math.imul(low ^ unit, 0x5f356495);
  }
  const end = [mixed(high, low), mixed(low, high)] as const;
  return BigInt.asIntN(64, (BigInt(end[0] >>> 0) << 32n) | BigInt(end[1] >>> 0)).toString();
};
