import type { HostileRow, RowsOf } from './hostile-row.js';
import { DELETED, guide, guideBody, type Header, notice, powens } from './signatures.js';
import { chunked, wire, type Wire } from './wire.js';

const G = '/webhooks/powens';

export const methodsAndPaths: RowsOf = ({ powens: secret }) => {
  const body = guideBody();
  const row = (name: string, status: number, more: Wire): HostileRow => ({
    name: `request: ${name}`,
    bytes: wire({ headers: guide(secret, body), body, ...more }),
    status,
    toHead: more.method === 'HEAD',
    ...(status === 405 && { header: ['allow', 'POST'] as const }),
  });
  return [
    ...['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => row(method, 405, { method })),
    row('GET without a body', 405, { method: 'GET', body: '' }),
    row('GET of an event', 405, { method: 'GET', path: DELETED }),
    row('PUT to Tink', 405, { method: 'PUT', path: '/webhooks/tink' }),
    row('a method in small letters', 400, { method: 'post' }),
    row('a method that nobody knows', 400, { method: 'BREW' }),
    row('another path', 404, { path: '/webhooks/other' }),
    row('a path below an event', 404, { path: `${DELETED}/more` }),
    row('a path that climbs', 404, { path: '/webhooks/powens/../../metrics' }),
    row('two slashes', 404, { path: '//webhooks//powens' }),
    row('an address that is none', 400, { path: '/webhooks/powens/%zz' }),
    row('an event of ten thousand letters', 400, { path: `${G}/${'a'.repeat(10_000)}` }),
    row('the address of somebody else', 401, { path: `http://evil.example${G}`, headers: [] }),
    row('an asterisk', 404, { method: 'OPTIONS', path: '*' }),
    row('a space in its path', 400, { path: `${G} /x` }),
  ];
};

const text = (lines: string): Buffer => Buffer.from(lines);

export const framing: RowsOf = ({ powens: secret }) => {
  const body = guideBody();
  const signed = guide(secret, body);
  const row = (
    name: string,
    status: number | null,
    headers: readonly Header[],
    more: Wire = {},
  ): HostileRow => ({
    name: `framing: ${name}`,
    bytes: wire({ headers: [...signed, ...headers], body, ...more }),
    status,
  });
  const length: Header = ['Content-Length', String(body.length)];
  const inChunks: Header = ['Transfer-Encoding', 'chunked'];
  const head = `POST ${G} HTTP/1.1\r\nHost: door\r\n`;
  const smuggled = notice();
  return [
    row('length and chunks', 400, [length, inChunks], { body: chunked(body) }),
    row('chunks and length', 400, [inChunks, length], { body: chunked(body) }),
    row('two lengths that differ', 400, [length, ['Content-Length', '5']]),
    row('two lengths that agree', 400, [length, length]),
    row('a list of lengths', 400, [['Content-Length', `${body.length}, ${body.length}`]]),
    row('a negative length', 400, [['Content-Length', '-1']]),
    row('a length with a sign', 400, [['Content-Length', `+${body.length}`]]),
    row('a length in hex', 400, [['Content-Length', '0x10']]),
    row('chunks twice', 400, [inChunks, inChunks], { body: chunked(body) }),
    row('an encoding after chunks', 400, [['Transfer-Encoding', 'chunked, identity']], {
      body: chunked(body),
    }),
    row('chunks that are not quite', 400, [['Transfer-Encoding', 'xchunked']], { body: chunked(body) }),
    row('a size that is none', 400, [inChunks], { body: `zz\r\n${body}\r\n0\r\n\r\n` }),
    row('a size beyond all numbers', 400, [inChunks], { body: `${'F'.repeat(20)}\r\n${body}\r\n0\r\n\r\n` }),
    row('a negative size', 400, [inChunks], { body: `-1\r\n${body}\r\n0\r\n\r\n` }),
    row('a piece longer than its size', 400, [inChunks], { body: `5\r\n${body}\r\n0\r\n\r\n` }),
    row('an extension without an end', 400, [inChunks], { body: `1;${'a'.repeat(20_000)}\r\n` }),
    {
      name: 'framing: a space before a colon',
      bytes: text(`${head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`),
      status: 400,
    },
    {
      name: 'framing: a header over two lines',
      bytes: text(`${head}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`),
      status: 400,
    },
    {
      name: 'framing: lines that end with LF',
      bytes: text(`POST ${G} HTTP/1.1\nHost: door\nContent-Length: 0\n\n`),
      status: 400,
    },
    {
      name: 'framing: lines that end with CR',
      bytes: text(`POST ${G} HTTP/1.1\rHost: door\r\r`),
      status: 400,
    },
    {
      name: 'framing: a NUL in a header',
      bytes: text(`${head}X-Powens-Signature: a\u0000b\r\n\r\n`),
      status: 400,
    },
    { name: 'framing: a header without a name', bytes: text(`${head}: x\r\n\r\n`), status: 400 },
    { name: 'framing: a header without a colon', bytes: text(`${head}Content-Length\r\n\r\n`), status: 400 },
    row('no host', 400, [], { headers: signed, complete: false }),
    { name: 'framing: HTTP/0.9', bytes: text(`GET ${G}\r\n\r\n`), status: 405 },
    { name: 'framing: the preface of HTTP/2', bytes: text('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), status: 400 },
    {
      name: 'framing: TLS',
      bytes: Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]),
      status: 400,
    },
    { name: 'framing: no HTTP at all', bytes: text('\u0000\u0001\u0002 hello\r\n\r\n'), status: 400 },
    {
      name: 'framing: a tunnel',
      bytes: text('CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n'),
      status: null,
    },
    row('an expectation that nobody can meet', 417, [['Expect', 'the unexpected']]),
    row('headers of 20 KiB', 431, [['X-Filler', 'x'.repeat(20_000)]]),
    row(
      'three thousand headers',
      431,
      Array.from({ length: 3_000 }, (_, n): Header => [`X-${n}`, '1']),
    ),
    { ...row('a body that is cut off', 400, [['Content-Length', String(body.length + 100)]]), ends: true },
    { ...row('chunks that are cut off', 400, [inChunks], { body: chunked(body).slice(0, -5) }), ends: true },
    {
      ...row('a head that is cut off', 400, []),
      bytes: text(`${head}X-Powens-Signature: abc`),
      ends: true,
    },
    {
      name: 'framing: another request hidden behind a junk body',
      bytes: Buffer.concat([
        wire({ headers: [['Content-Length', '5'], inChunks], body: '0\r\n\r\n' }),
        wire({ path: DELETED, headers: powens(secret, smuggled), body: smuggled }),
      ]),
      status: 400,
    },
  ];
};
