import { createHmac } from 'node:crypto';

/** `X-Tink-Signature`: lower-case hex of HMAC-SHA256 over `<unix seconds>.<raw body>` (§8.4). */
export const tinkSignature = (secret: string, unixSeconds: number, body: string): string => {
  const digest = createHmac('sha256', secret).update(`${unixSeconds}.${body}`).digest('hex');
  return `t=${unixSeconds},v1=${digest}`;
};
