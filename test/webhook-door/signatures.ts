import { createHmac } from 'node:crypto';
import { signGuide, signPowens, signTink } from '#providers';

export type Header = readonly [string, string];

export interface Secrets {
  readonly powens: string;
  readonly tink: string;
}

/** Powens' public path of a connection that was deleted. */
export const DELETED = '/webhooks/powens/connection-deleted';
export const DATE = '2026-03-14T05:20:00.000001Z';

const hmac = (secret: string, text: string | Uint8Array) => createHmac('sha256', secret).update(text);

export const hex = (secret: string, text: string | Uint8Array): string => hmac(secret, text).digest('hex');
export const base64 = (secret: string, text: string | Uint8Array): string =>
  hmac(secret, text).digest('base64');

export const guide = (secret: string, body: string | Uint8Array): readonly Header[] => [
  ['X-Powens-Signature', signGuide(secret, body)],
];

export const powens = (
  secret: string,
  rawBody: string | Uint8Array,
  { path = DELETED, date = DATE }: { readonly path?: string; readonly date?: string } = {},
): readonly Header[] => [
  ['BI-Signature', signPowens(secret, { path, date, rawBody })],
  ['BI-Signature-Date', date],
];

export const nowSeconds = (): number => Math.floor(Date.now() / 1000);

export const tink = (
  secret: string,
  rawBody: string | Uint8Array,
  t: number = nowSeconds(),
): readonly Header[] => [['X-Tink-Signature', signTink(secret, { t, rawBody })]];

let lastId = Date.now();

/** A body of Powens that was never sent before. */
export const notice = (more: object = {}): string =>
  JSON.stringify({ id_webhook_data: ++lastId, id: 3107, id_user: 4021, ...more });

/** A body of Tink that was never sent before. */
export const event = (more: object = {}): string =>
  JSON.stringify({
    context: { userId: 'u1' },
    content: { id: `account ${++lastId}` },
    event: 'account:created',
    ...more,
  });

/** A body of the original guide. */
export const guideBody = (more: object = {}): string =>
  JSON.stringify({ event_type: 'transactions.new', connection_id: 'conn-1', ...more });
