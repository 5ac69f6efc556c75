import type { IncomingMessage } from 'node:http';
import type { WebhookHead } from '#providers';

const pathOf = (url: string): string => {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
};

/**
 * The headers as they were sent. Node joins most headers that came several times into one text, which a signature must
 * not be read from.
 */
const headersOf = (raw: readonly string[]): WebhookHead['headers'] => {
  const headers: Record<string, string | string[]> = Object.create(null) as Record<string, never>;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at]?.toLowerCase() ?? '';
    const value = raw[at + 1] ?? '';
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else headers[name] = [...(typeof before === 'string' ? [before] : before), value];
  }
  return headers;
};

/** @param publicPath prefix under which a proxy publishes the door: part of what Powens signs */
export const requestHead = (
  source: IncomingMessage,
  publicPath: string,
  receivedAt: string,
): WebhookHead => ({
  path: publicPath + pathOf(source.url ?? ''),
  headers: headersOf(source.rawHeaders),
  receivedAt,
});

/** What the sender did to the body: `foreign` is what we do not undo. */
export const encodingOf = ({ headers }: WebhookHead): 'plain' | 'gzip' | 'foreign' => {
  const value = headers['content-encoding'];
  if (value === undefined || value === '' || value === 'identity') return 'plain';
  return value === 'gzip' || value === 'x-gzip' ? 'gzip' : 'foreign';
};

/** A kind of body that no provider sends. */
export const isForm = ({ headers }: WebhookHead): boolean =>
  String(headers['content-type']).startsWith('multipart/');
