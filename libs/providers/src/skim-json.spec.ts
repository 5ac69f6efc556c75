import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureBytes } from './powens/fixtures.js';
import { skimJson } from './skim-json.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const skim = (text: string) => skimJson(bytes(text));

/** What `JSON.parse` makes of it, cut like the skimmed value: four levels of objects, empty arrays, numbers as texts. */
const pruned = (value: unknown, level = 1): unknown => {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return [];
  const members = level > 4 ? [] : Object.entries(value);
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [key, member] of members) copy[key] = pruned(member, level + 1);
  return copy;
};

const parsed = (text: string): unknown => {
  try {
    return pruned(JSON.parse(text));
  } catch {
    return undefined;
  }
};

/** Numbers by what they mean, for `1.0` and `1` are different texts. */
const meant = (value: unknown): unknown =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'string' && /^-?[\d.]+(?:e[+-]?\d+)?$/i.test(member) ? String(Number(member)) : member,
  );

/** JSON as others may write it: white space anywhere, any character as an escape. */
const strangeJson = fc
  .tuple(fc.jsonValue({ maxDepth: 7 }), fc.constantFrom('', ' ', '\t', '\n', ' \r\n '), fc.boolean())
  .map(([value, space, escaped]) => {
    const text = JSON.stringify(value, null, space);
    return escaped
      ? text.replaceAll(/[^\u0020-\u007e\s]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
      : text;
  });

const insideText = (part: Uint8Array) =>
  part.filter((byte) => byte >= 0x20 && byte !== 0x22 && byte !== 0x5c);

const members = (count: number) => Array.from({ length: count }, (_, i) => `"k${i}":0`).join(',');

describe('a skimmed body', () => {
  it('is the upper levels of what JSON.parse sees', () => {
    fc.assert(
      fc.property(strangeJson, (text) => {
        expect(skim(text)).toEqual(parsed(text));
      }),
    );
  });

  it('is one exactly when JSON.parse sees one, whatever was cut out or put in', () => {
    const pieces = fc.constantFrom(
      '"',
      '\\',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '0',
      '-',
      '.',
      'e',
      '\u0001',
      'é',
      '',
    );
    fc.assert(
      fc.property(strangeJson, fc.nat(), fc.nat(3), pieces, (text, at, cut, piece) => {
        const i = at % (text.length + 1);
        const damaged = text.slice(0, i) + piece + text.slice(i + cut);
        expect(meant(skim(damaged))).toEqual(meant(parsed(damaged)));
      }),
      { numRuns: 1000 },
    );
  });

  it('reads any bytes as a lenient decoder and JSON.parse do', () => {
    const body = fc.oneof(
      fc.uint8Array(),
      fc.tuple(fc.uint8Array({ max: 255 }), fc.uint8Array()).map(([a, b]) => {
        return new Uint8Array([
          ...bytes('{"'),
          ...insideText(a),
          ...bytes('":"'),
          ...insideText(b),
          ...bytes('"}'),
        ]);
      }),
    );
    fc.assert(
      fc.property(body, (raw) => {
        expect(meant(skimJson(raw))).toEqual(meant(parsed(new TextDecoder().decode(raw))));
      }),
    );
  });

  it('keeps numbers as they were sent', () => {
    const numbers = ['0', '-0', '18446744073709551615', '-248.90', '1e400', '1E+2', '0.1e-7'];
    for (const number of numbers) {
      expect(skim(`{"n":${number}}`)).toEqual({ n: number });
      expect(skim(` ${number} `)).toBe(number);
    }
  });

  it.each([
    '01',
    '+1',
    '.5',
    '1.',
    '-',
    '1e',
    '1e+',
    '0x1',
    '--1',
    '1_000',
    '- 1',
    'Nan',
    '+NaN',
    'infinity',
  ])('is none with the number %s, kept or skipped', (number) => {
    expect(skim(`{"n":${number}}`)).toBeUndefined();
    expect(skim(`[${number}]`)).toBeUndefined();
  });

  it.each(['NaN', 'Infinity', '-Infinity'])('survives a bare %s, as some servers print', (word) => {
    expect(skim(`{"id":7,"balance":${word},"accounts":[{"value":${word}}]}`)).toEqual({
      id: '7',
      balance: word,
      accounts: [],
    });
  });

  it('has the last of duplicate keys, whatever the others were', () => {
    expect(skim('{"a":{"b":1},"a":2,"\\u0061":"3"}')).toEqual({ a: '3' });
    expect(skim('{"a":"3","a":{"b":1}}')).toEqual({ a: { b: '1' } });
  });

  it('has `__proto__` as a key like any other', () => {
    const body = skim('{"__proto__":{"id":1},"constructor":null}') as Record<string, unknown>;
    expect(Object.keys(body)).toEqual(['__proto__', 'constructor']);
    expect(body['id']).toBeUndefined();
    expect(({} as Record<string, unknown>)['id']).toBeUndefined();
  });

  it('has texts as they were meant', () => {
    expect(skim('{"é\\n":"\\ud83d\\ude00😀\\u0000\\/","half":"\\ud83d"}')).toEqual({
      'é\n': '😀😀\u0000/',
      half: '\ud83d',
    });
    expect(skim('\ufeff{"\ufeffid":"\ufeff"}')).toEqual({ '\ufeffid': '\ufeff' });
  });

  it('says of a text too long for any id that something was there', () => {
    expect(
      skim(`{"short":"${'x'.repeat(4096)}","long":"${'x'.repeat(4097)}","many":${'9'.repeat(4097)}}`),
    ).toEqual({
      short: 'x'.repeat(4096),
      long: '\uFFFD',
      many: '\uFFFD',
    });
  });

  it('shows which arrays and deep objects there were, empty', () => {
    expect(skim('{"a":[1,{"b":[]}],"1":{"2":{"3":{"4":{"5":1},"t":true}}}}')).toEqual({
      a: [],
      '1': { '2': { '3': { '4': {}, t: true } } },
    });
    expect(skim('[{"id":1}]')).toEqual([]);
  });
});

describe('a body that is none', () => {
  const genuine = new TextDecoder().decode(fixtureBytes('webhook-account-synced.json')).trim();

  it('is one that was cut, wherever', () => {
    expect(skim(genuine)).toMatchObject({ id: '8801' });
    for (let end = 0; end < genuine.length; end += 1) expect(skim(genuine.slice(0, end))).toBeUndefined();
  });

  it.each([
    '', ' ', '\u0000', '{}x', '{}{}', '{"a":1,}', '{,}', '{"a"}', '{"a":}', '{a:1}', "{'a':1}", '[1,]', '[,]', '[}', '{]',
    '{"a":"\n"}', '{"a":"\\x"}', '{"a":"\\u12g4"}', '{"a":"\\u12"}', '"', '"\\', '"\\"', 'nul', 'nullx', 'True', '// x\n{}', '{}\u00a0',
    '{"a":1 "b":2}', '[1 2]', '\ufeff\ufeff{}', '{}\u0000',
  ])('is %j', (text) => {
    expect(skim(text)).toBeUndefined();
    expect(skim(`{"a":[${text},1]}`)).toBeUndefined();
  }); // prettier-ignore

  it('is one that is absurdly deep, told at once', () => {
    const started = performance.now();
    for (const open of ['[', '{"a":', '[{"a":']) {
      expect(skim(open.repeat(1_000_000))).toBeUndefined();
    }
    expect(skim(`${'['.repeat(512)}1${']'.repeat(512)}`)).toEqual([]);
    expect(skim(`${'['.repeat(513)}1${']'.repeat(513)}`)).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('is one with more members than any provider sends', () => {
    expect(skim(`{${members(10_000)}}`)).toBeDefined();
    expect(skim(`{${members(10_001)}}`)).toBeUndefined();
    expect(skim(`{"rows":[{${members(10_001)}}]}`)).toEqual({ rows: [] });
  });
});

it('finds the ids of megabytes without building them', () => {
  const body = new TextDecoder().decode(fixtureBytes('connection-synced.body.txt'));
  const row = /\{"id":700211,.*?\}/.exec(body)?.[0] ?? '';
  const big = bytes(body.replace(row, Array.from({ length: 10_000 }, () => row).join(',')));
  expect(big.length).toBeGreaterThan(5_000_000);
  const before = process.memoryUsage().heapUsed;
  expect(skimJson(big)).toMatchObject({
    id_webhook_data: '918273',
    connection: { id: '3107', accounts: [] },
  });
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(8_000_000);
});
