import { gzipSync } from 'node:zlib';
import type { HostileRow, RowsOf } from './hostile-row.js';
import { DELETED, event, type Header, notice, powens, tink } from './signatures.js';
import { chunked, wire } from './wire.js';

const MIB = 1024 * 1024;

const typed = (value: string): { readonly headers: readonly Header[] } => ({
  headers: [['Content-Type', value]],
});

/** Signed right, so whatever it is: 200, and stored unless it is known. */
export const signedBodies: RowsOf = ({ powens: secret, tink: tinkSecret }) => {
  const row = (
    name: string,
    body: string | Uint8Array,
    more: { readonly headers?: readonly Header[]; readonly says?: string; readonly path?: string } = {},
  ): HostileRow => {
    const { headers = [], path = DELETED, ...rest } = more;
    const signed = powens(secret, body, { path });
    return {
      name: `signed: ${name}`,
      bytes: wire({ path, headers: [...signed, ...headers], body }),
      status: 200,
      stored: 1,
      says: 'accepted',
      ...rest,
    };
  };
  const inChunks = notice();
  const poisoned = event({ ['__proto__']: { admin: true } });
  return [
    row('no body at all', ''),
    row('no JSON', 'no JSON at all'),
    row('half of it', notice().slice(0, -5)),
    row(
      '__proto__ keys',
      '{"__proto__":{"id":1,"id_webhook_data":5},"constructor":{"prototype":{"x":1}},"n":1}',
    ),
    row('an id beyond 2^53', '{"id_webhook_data":9007199254740993,"id":9007199254740993}', {
      says: 'powens_9007199254740993',
    }),
    row('numbers beyond all measure', '{"id_webhook_data":1e400,"id":-0.0e-999}'),
    row('an id of ten thousand digits', `{"id_webhook_data":${'7'.repeat(10_000)}}`),
    row('an id that is an object', '{"id_webhook_data":{"a":1},"id":[]}'),
    row('an id that names a path', '{"id_webhook_data":"../../$all","id":1}'),
    row('the same key twice', '{"id_webhook_data":1,"id":1,"id":2,"id_webhook_data":4200000042}'),
    row('a hundred thousand levels', '['.repeat(100_000)),
    row('objects in objects in objects', '{"a":'.repeat(50_000)),
    row(
      'five megabytes',
      JSON.stringify({ filler: 'x'.repeat(5 * MIB), ...(JSON.parse(notice()) as object) }),
    ),
    row('a million numbers', `[${'0,'.repeat(1_000_000)}0]`),
    row('a byte order mark', `\uFEFF${notice()}`),
    row(
      'no UTF-8',
      Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xff, 0xc0, 0x80]), Buffer.from('"}')]),
    ),
    row(
      'UTF-16, as its charset says',
      Buffer.from(notice(), 'utf16le'),
      typed('application/json; charset=utf-16'),
    ),
    row('UTF-7, as its charset says', notice(), typed('application/json; charset=utf-7')),
    row('NULs and halves of characters', '{"id":"\\u0000\\ud800","id_user":"\\udfff\\u0000"}'),
    row('null', 'null'),
    row('a text', '"CONNECTION_SYNCED"'),
    row('another content type', notice(), typed('text/xml')),
    row('a form, as its content type says', notice(), typed('multipart/form-data; boundary=x')),
    row('a content type that is none', notice(), typed(';;;=')),
    row('two content types', notice(), {
      headers: [
        ['Content-Type', 'text/xml'],
        ['Content-Type', 'x/y'],
      ],
    }),
    row('an event that nobody knows', notice(), { path: '/webhooks/powens/no-such-event' }),
    row('an event with a NUL', notice(), { path: '/webhooks/powens/connection%00synced' }),
    row('a slash at the end of its path', notice(), { path: `${DELETED}/` }),
    row('another method in a header', notice(), { headers: [['X-HTTP-Method-Override', 'GET']] }),
    row('a sender that is no address', notice(), { headers: [['X-Forwarded-For', '<script>, unknown']] }),
    row('an encoding that we do not undo', notice(), { headers: [['Content-Encoding', 'br']] }),
    row('gzip that is none', notice(), { headers: [['Content-Encoding', 'gzip']] }),
    row('a wish to upgrade', notice(), {
      headers: [
        ['Connection', 'Upgrade'],
        ['Upgrade', 'websocket'],
      ],
    }),
    {
      name: 'signed: in chunks, with extensions and trailers',
      bytes: wire({
        path: DELETED,
        headers: [...powens(secret, inChunks), ['Transfer-Encoding', 'chunked']],
        body: chunked(inChunks)
          .replace('\r\n', ';a=b\r\n')
          .replace('0\r\n\r\n', '0\r\nBI-Signature: x\r\n\r\n'),
      }),
      status: 200,
      stored: 1,
    },
    {
      name: 'signed: __proto__ keys of Tink',
      bytes: wire({ path: '/webhooks/tink', headers: tink(tinkSecret, poisoned), body: poisoned }),
      status: 200,
      stored: 1,
    },
  ];
};

export const unwantedBodies: RowsOf = ({ powens: secret }) => {
  const shaped = powens('somebody else', notice());
  const bomb = gzipSync(Buffer.alloc(80 * MIB));
  const junk = (name: string, status: number, more: Parameters<typeof wire>[0]): HostileRow => ({
    name: `junk: ${name}`,
    bytes: wire({ path: DELETED, body: notice(), ...more, headers: [...shaped, ...(more.headers ?? [])] }),
    status,
  });
  return [
    junk('a form', 415, { headers: [['Content-Type', 'multipart/form-data; boundary=x']] }),
    junk('an encoding that we do not undo', 415, { headers: [['Content-Encoding', 'br']] }),
    junk('gzip twice', 415, { headers: [['Content-Encoding', 'gzip, gzip']] }),
    junk('gzip that is none', 401, { headers: [['Content-Encoding', 'gzip']] }),
    junk('a gzip bomb', 413, { headers: [['Content-Encoding', 'gzip']], body: bomb }),
    {
      ...junk('a signed gzip bomb', 413, {}),
      bytes: wire({
        path: DELETED,
        headers: [...powens(secret, bomb), ['Content-Encoding', 'gzip']],
        body: bomb,
      }),
    },
    junk('more than 64 MiB, as its head says', 413, {
      headers: [['Content-Length', String(64 * MIB + 1)]],
      body: '',
    }),
    junk('more than any number of bytes', 400, { headers: [['Content-Length', '9'.repeat(30)]], body: '' }),
  ];
};
