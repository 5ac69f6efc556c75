import { describe, expect, it } from 'vitest';
import { eventId } from './event-id.js';

const base = () => eventId('ledger-1', 4n, 'Counted', { a: 1, b: { c: [2, 3] } }, 'command-1');

describe('eventId', () => {
  it('is a UUIDv5 that never changes', () => {
    expect(base()).toBe('2537c128-47c3-5cc3-b3d5-a44a9ab5607d');
    expect(base()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('does not depend on the order of members nor on members that are undefined', () => {
    expect(eventId('ledger-1', 4n, 'Counted', { b: { c: [2, 3] }, a: 1, z: undefined }, 'command-1')).toBe(
      base(),
    );
  });

  it.each([
    ['stream', eventId('ledger-2', 4n, 'Counted', { a: 1, b: { c: [2, 3] } }, 'command-1')],
    ['revision', eventId('ledger-1', 5n, 'Counted', { a: 1, b: { c: [2, 3] } }, 'command-1')],
    ['type', eventId('ledger-1', 4n, 'Recounted', { a: 1, b: { c: [2, 3] } }, 'command-1')],
    ['data', eventId('ledger-1', 4n, 'Counted', { a: 1, b: { c: [3, 2] } }, 'command-1')],
    ['command', eventId('ledger-1', 4n, 'Counted', { a: 1, b: { c: [2, 3] } }, 'command-2')],
  ])('differs with the %s', (_, id) => {
    expect(id).not.toBe(base());
  });
});
