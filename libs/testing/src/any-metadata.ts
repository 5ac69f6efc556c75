import { randomUUID } from 'node:crypto';
import type { EventMetadata } from '#kernel';

/** Metadata of a command that a spec carries out: each a fresh one, in a story of its own unless told. */
export const anyMetadata = (known: Partial<EventMetadata> = {}): EventMetadata => ({
  commandId: randomUUID(),
  correlationId: randomUUID(),
  causationId: null,
  tenantId: null,
  actor: 'spec',
  traceparent: null,
  ...known,
});
