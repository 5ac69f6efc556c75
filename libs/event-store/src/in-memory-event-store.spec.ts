import { describe } from 'vitest';
import { InMemoryEventStore } from '#testing';
import { eventStoreSuite } from './event-store.suite.js';

describe('InMemoryEventStore', () => {
  eventStoreSuite(() => new InMemoryEventStore());
});
