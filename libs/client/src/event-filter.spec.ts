import { describe, expect, it } from 'vitest';
import type { PublicEventName } from '#contracts';
import { filterSubject } from './event-filter.js';

describe('filterSubject', () => {
  it.each<[string, PublicEventName[], string]>([
    ['all events', [], 'passerelle.events.acme.>'],
    ['one event', ['transactions.imported'], 'passerelle.events.acme.transactions.imported.v1'],
    ['events of one entity', ['sync.failed', 'sync.completed'], 'passerelle.events.acme.sync.>'],
    ['events of several', ['sync.failed', 'balance.observed'], 'passerelle.events.acme.>'],
  ])('covers %s and little more', (_, names, expected) => {
    expect(filterSubject('acme', names)).toBe(expected);
  });
});
