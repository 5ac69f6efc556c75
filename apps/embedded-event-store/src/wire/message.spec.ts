import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { MessageReader } from './message-reader.js';
import { MessageWriter } from './message-writer.js';

const number = fc.oneof(fc.nat(300), fc.maxSafeNat());

it('reads what it wrote, whatever the numbers, texts and bytes', () => {
  fc.assert(
    fc.property(
      number,
      fc.string({ unit: 'grapheme' }),
      fc.uint8Array({ maxLength: 2_000 }),
      (value, text, bytes) => {
        const writer = new MessageWriter(1);
        writer.bytes(4, Buffer.from(bytes));
        writer.message(3, () => {
          writer.string(2, text);
          writer.uint(1, value);
        });
        writer.uint(1, value);
        const reader = new MessageReader(writer.finish());
        expect([reader.next(), reader.uint()]).toEqual([1, value]);
        expect(reader.next()).toBe(3);
        const nested = reader.message();
        expect([nested.next(), nested.uint(), nested.next(), nested.string()]).toEqual([1, value, 2, text]);
        expect(nested.next()).toBe(0);
        expect([reader.next(), [...reader.bytes()], reader.next()]).toEqual([4, [...bytes], 0]);
      },
    ),
  );
});

it('keeps all 64 bits where they matter', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
      const writer = new MessageWriter();
      writer.uint(1, value);
      const reader = new MessageReader(writer.finish());
      expect([reader.next(), reader.uint64()]).toEqual([1, value]);
    }),
  );
});

it('passes over fields that it does not know', () => {
  const bytes = Buffer.from(
    ['090102030405060708', '1501020304', '1a020909', '20ff01', '2807'].join(''),
    'hex',
  );
  const reader = new MessageReader(bytes);
  for (let field = reader.next(); field !== 5; field = reader.next()) reader.skip();
  expect(reader.uint()).toBe(7);
});

const afterItsTag = (hex: string) => {
  const reader = new MessageReader(Buffer.from(hex, 'hex'));
  reader.next();
  return reader;
};

it('refuses a message that ends too early', () => {
  expect(() => afterItsTag('0a0501').bytes()).toThrow(RangeError);
  expect(() => afterItsTag('0880').uint()).toThrow(RangeError);
});
