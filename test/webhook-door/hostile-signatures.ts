import {
  DATE,
  DELETED,
  base64,
  event,
  guideBody,
  type Header,
  hex,
  notice,
  nowSeconds,
  powens,
  tink,
} from './signatures.js';
import type { HostileRow, RowsOf } from './hostile-row.js';
import { wire } from './wire.js';

const G = '/webhooks/powens';
const T = '/webhooks/tink';

const asGuide = (name: string, headers: readonly Header[], body = guideBody(), path = G): HostileRow => ({
  name: `guide: ${name}`,
  bytes: wire({ path, headers, body }),
  status: 401,
});

const guideHeader = (value: string): readonly Header[] => [['X-Powens-Signature', value]];
const tinkHeader = (value: string): readonly Header[] => [['X-Tink-Signature', value]];

export const guideSignatures: RowsOf = ({ powens: secret }) => {
  const body = guideBody();
  const good = hex(secret, body);
  const spaced = '{ "event_type" : "transactions.new", "connection_id" : "conn-1" }';
  const powensText = `POST.${DELETED}.${DATE}.{}`;
  return [
    asGuide('no signature', []),
    asGuide('an empty signature', guideHeader('')),
    asGuide('two signatures, both right', [...guideHeader(good), ...guideHeader(good)]),
    asGuide('two signatures, one right', [...guideHeader('0'.repeat(64)), ...guideHeader(good)]),
    asGuide('the right one twice in one header', guideHeader(`${good}, ${good}`)),
    asGuide('capitals', guideHeader(good.toUpperCase())),
    asGuide('one digit less', guideHeader(good.slice(0, -1))),
    asGuide('one digit more', guideHeader(`${good}0`)),
    asGuide('base64 where hex is due', guideHeader(base64(secret, body))),
    asGuide('a prefix', guideHeader(`sha256=${good}`)),
    asGuide('another secret', guideHeader(hex('somebody else', body))),
    asGuide('an empty secret', guideHeader(hex('', body))),
    asGuide('letters beyond ASCII', guideHeader('é'.repeat(64))),
    asGuide('over re-serialised JSON', guideHeader(hex(secret, JSON.stringify(JSON.parse(spaced)))), spaced),
    asGuide('over the body and a line end', guideHeader(hex(secret, `${body}\n`))),
    asGuide('over nothing', guideHeader(hex(secret, ''))),
    asGuide('in the query', [], body, `${G}?X-Powens-Signature=${good}`),
    asGuide('with underscores in its name', [['X_Powens_Signature', good]]),
    asGuide('of Powens over the text that Powens signs', guideHeader(hex(secret, powensText)), powensText),
    {
      ...asGuide('spaces around it, which are no part of it', guideHeader(`  ${good}  `)),
      status: 200,
      stored: 1,
    },
    {
      ...asGuide('a query that is no part of anything', guideHeader(good), body, `${G}?a=1`),
      status: 200,
      stored: 1,
    },
  ];
};

const asPowens = (name: string, headers: readonly Header[], body: string, path = DELETED): HostileRow => ({
  name: `Powens: ${name}`,
  bytes: wire({ path, headers, body }),
  status: 401,
});

export const powensSignatures: RowsOf = ({ powens: secret }) => {
  const body = notice();
  const [signature, date] = powens(secret, body) as [Header, Header];
  const value = signature[1];
  const signed = (text: string): readonly Header[] => [['BI-Signature', base64(secret, text)], date];
  const once = notice();
  const late = '2026-01-01T00:00:00.000000Z';
  const future = new Date(Date.now() + 86_400_000).toISOString();
  const stored = { status: 200, stored: 1 } as const;
  const [aged, ahead, queried, both] = [notice(), notice(), notice(), notice()] as const;
  return [
    asPowens('no date', [signature], body),
    asPowens('a date and no signature', [date], body),
    asPowens(
      'hex where base64 is due',
      [['BI-Signature', Buffer.from(value, 'base64').toString('hex')], date],
      body,
    ),
    asPowens('no padding', [['BI-Signature', value.replace('=', '')], date], body),
    asPowens('the alphabet of URLs', [['BI-Signature', `-_${value.slice(2)}`], date], body),
    asPowens('no base64', [['BI-Signature', '*'.repeat(44)], date], body),
    asPowens('a date that is none', [signature, ['BI-Signature-Date', 'yesterday']], body),
    asPowens('a date of another form', powens(secret, body, { date: 'Sat, 14 Mar 2026 05:20:00 GMT' }), body),
    asPowens('another date than was signed', [signature, ['BI-Signature-Date', late]], body),
    asPowens('another path', powens(secret, body, { path: '/webhooks/powens/user-deleted' }), body),
    asPowens(
      'a whole address instead of a path',
      powens(secret, body, { path: `https://door.example${DELETED}` }),
      body,
    ),
    asPowens(
      'the query signed, too',
      powens(secret, body, { path: `${DELETED}?a=1` }),
      body,
      `${DELETED}?a=1`,
    ),
    asPowens('another method', signed(`GET.${DELETED}.${DATE}.${body}`), body),
    asPowens('over re-serialised JSON', powens(secret, body), ` ${body}`),
    asPowens('two signatures', [signature, signature, date], body),
    asPowens('two dates', [signature, date, date], body),
    asPowens(
      'the text cut at another point',
      [
        ['BI-Signature', base64(secret, `POST.${DELETED}.2026-03-14T05:20:00.000001Z.{}`)],
        ['BI-Signature-Date', '2026-03-14T05:20:00'],
      ],
      '000001Z.{}',
    ),
    asPowens('another secret', powens('somebody else', body), body),
    asPowens("Tink's header", tink(secret, body), body),
    { ...asPowens('its first date, days late', powens(secret, aged, { date: late }), aged), ...stored },
    {
      ...asPowens(
        'a date of tomorrow, which no rule forbids',
        powens(secret, ahead, { date: future }),
        ahead,
      ),
      ...stored,
    },
    {
      ...asPowens('a query that is no part of the path', powens(secret, queried), queried, `${DELETED}?a=1`),
      ...stored,
    },
    {
      ...asPowens(
        'a wrong one of the guide beside it',
        [...powens(secret, both), ['X-Powens-Signature', 'x']],
        both,
      ),
      ...stored,
    },
    { ...asPowens('for the first time', powens(secret, once), once), ...stored },
    { ...asPowens('the same again', powens(secret, once), once), status: 200, says: 'duplicate' },
    {
      ...asPowens('the same with a date of now', powens(secret, once, { date: future }), once),
      status: 200,
      says: 'duplicate',
    },
  ];
};

const asTink = (name: string, headers: readonly Header[], body: string): HostileRow => ({
  name: `Tink: ${name}`,
  bytes: wire({ path: T, headers, body }),
  status: 401,
});

export const tinkSignatures: RowsOf = ({ tink: secret, powens: powensSecret }) => {
  const body = event();
  const now = nowSeconds();
  const v1 = hex(secret, `${now}.${body}`);
  const [spaced, extended] = [event(), event()] as const;
  const of = (text: string): string => hex(secret, `${now}.${text}`);
  const once = event();
  const stored = { status: 200, stored: 1 } as const;
  return [
    asTink('no signature', [], body),
    asTink('nothing but a shape', tinkHeader('t=1,v1=00'), body),
    asTink('two days old', tink(secret, body, now - 2 * 86_400), body),
    asTink('of the next hour', tink(secret, body, now + 3_600), body),
    asTink('no time', tinkHeader(`v1=${v1}`), body),
    asTink('no digest', tinkHeader(`t=${now}`), body),
    asTink('a time that is no number', tinkHeader(`t=now,v1=${v1}`), body),
    asTink('a negative time', tinkHeader(`t=-${now},v1=${v1}`), body),
    asTink('a time beyond all numbers', tinkHeader(`t=${'9'.repeat(400)},v1=${v1}`), body),
    asTink('another time than was signed', tinkHeader(`t=${now - 1},v1=${v1}`), body),
    asTink('two times', tinkHeader(`t=${now},t=${now},v1=${v1}`), body),
    asTink(
      'the header twice',
      [...tinkHeader(`t=${now},v1=${v1}`), ...tinkHeader(`t=${now},v1=${v1}`)],
      body,
    ),
    asTink('over the body alone', tinkHeader(`t=${now},v1=${hex(secret, body)}`), body),
    asTink('base64 where hex is due', tinkHeader(`t=${now},v1=${base64(secret, `${now}.${body}`)}`), body),
    asTink('over re-serialised JSON', tink(secret, body), ` ${body}`),
    asTink('the secret of Powens', tink(powensSecret, body), body),
    asTink("Powens' headers", powens(secret, body, { path: T }), body),
    { ...asTink('a space behind the comma', tinkHeader(`t=${now}, v1=${of(spaced)}`), spaced), ...stored },
    {
      ...asTink('keys that nobody knows', tinkHeader(`v0=aa,t=${now},v1=${of(extended)},x`), extended),
      ...stored,
    },
    { ...asTink('for the first time', tinkHeader(`t=${now},v1=${of(once)}`), once), ...stored },
    {
      ...asTink('the same again', tinkHeader(`t=${now},v1=${of(once)}`), once),
      status: 200,
      says: 'duplicate',
    },
  ];
};
