/** A request as it is to stand on the wire. */
export interface Wire {
  readonly method?: string;
  readonly path?: string;
  readonly version?: string;
  /** In this order, repeats included; `null` takes away what would be added. */
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | Uint8Array;
  /** `false`: neither `Host` nor `Content-Length` is added. */
  readonly complete?: boolean;
}

const has = (headers: Wire['headers'] = [], name: string): boolean =>
  headers.some(([each]) => each.toLowerCase() === name);

export const wire = ({
  method = 'POST',
  path = '/webhooks/powens',
  version = 'HTTP/1.1',
  headers = [],
  body = '',
  complete = true,
}: Wire): Buffer => {
  const bytes = Buffer.from(body);
  const added: [string, string][] = [];
  if (complete && !has(headers, 'host')) added.push(['Host', 'door.example']);
  if (complete && !has(headers, 'content-length') && !has(headers, 'transfer-encoding')) {
    added.push(['Content-Length', String(bytes.byteLength)]);
  }
  const lines = [...added, ...headers].map(([name, value]) => `${name}: ${value}\r\n`);
  const head = Buffer.from(`${method} ${path} ${version}\r\n${lines.join('')}\r\n`, 'latin1');
  return Buffer.concat([head, bytes]);
};

export const chunked = (...pieces: readonly string[]): string =>
  `${pieces.map((piece) => `${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`).join('')}0\r\n\r\n`;
