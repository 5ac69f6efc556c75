import { describe, expect, it } from 'vitest';
import { sanitise } from './sanitise.js';

describe('a foreign text in an error', () => {
  it.each([
    ['an address with a code in it', 'Redirecting to https://bank.test/auth?code=1', 'Redirecting to [link]'],
    ['an address of an app', 'open bankapp://pay?x=1 now', 'open [link] now'],
    ['a token', 'token q7Zt/4mX+VnB2yLs8KcR0dPfGhJ6uWaE is gone', 'token […] is gone'],
    ['an IBAN', 'account FR7699998000010000000452127', 'account […]'],
    ['markup', '<html><style>p{}</style><h1>503</h1>\n<p>Try  later</p></html>', '503 Try later'],
    ['control characters', 'a\u0000b\r\nc', 'a b c'],
    ['a known secret, however short', 'sent s3cr3t!', 'sent […]!'],
  ])('holds nothing that harms: %s', (_, text, expected) => {
    expect(sanitise(text, ['s3cr3t', ''])).toBe(expected);
  });

  it('is short', () => expect(sanitise('word '.repeat(1000)).length).toBeLessThanOrEqual(200));
});
