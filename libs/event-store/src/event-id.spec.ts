import { describe, expect, it } from 'vitest';
import { eventId } from './event-id.js';

const base = () => eventId('ledger-1', 4n, 'Counted', { a: 1, b: { c: [2, 3] } });

describe('eventId', () => {
  it('is a UUIDv5 that never changes', () => {
    expect(base()).toBe('1b29fed3-ee58-5fc2-b6cf-b5cd515574b0');
    expect(base()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('does not depend on the order of members nor on members that are undefined', () => {
    expect(eventId('ledger-1', 4n, 'Counted', { b: { c: [2, 3] }, a: 1, z: undefined })).toBe(base());
  });

  it.each([
    ['stream', eventId('ledger-2', 4n, 'Counted', { a: 1, b: { c: [2, 3] } })],
    ['revision', eventId('ledger-1', 5n, 'Counted', { a: 1, b: { c: [2, 3] } })],
    ['type', eventId('ledger-1', 4n, 'Recounted', { a: 1, b: { c: [2, 3] } })],
    ['data', eventId('ledger-1', 4n, 'Counted', { a: 1, b: { c: [3, 2] } })],
  ])('differs with the %s', (_, id) => {
    expect(id).not.toBe(base());
  });
});
