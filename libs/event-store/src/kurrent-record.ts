import type { ResolvedEvent } from '@kurrent/kurrentdb-client';
import type { EventMetadata, RecordedEvent } from '#kernel';

/** What the client delivers, from whichever call. */
export type ClientRecord = NonNullable<ResolvedEvent['event']>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !(value instanceof Uint8Array);

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const metadataOf = (raw: unknown, id: string): EventMetadata => {
  const fields = isObject(raw) ? raw : {};
  return {
    commandId: text(fields.commandId) ?? id,
    correlationId: text(fields.correlationId) ?? id,
    causationId: text(fields.causationId),
    tenantId: text(fields.tenantId),
    actor: text(fields.actor),
    traceparent: text(fields.traceparent),
  };
};

/**
 * The event in our words; `undefined` for what is not ours: system events, binary events, and links. Metadata that a
 * foreign writer left out reads as `null`, its ids as the event's own id.
 */
export const toRecordedEvent = (record: ClientRecord | undefined): RecordedEvent | undefined => {
  if (!record || !record.isJson || record.type.startsWith('$') || record.streamId.startsWith('$'))
    return undefined;
  if (!record.position) {
    throw new Error(
      'The event store does not tell the positions of events: EventStoreDB 22.10 or newer is needed.',
    );
  }
  return {
    id: record.id,
    type: record.type,
    stream: record.streamId,
    revision: record.revision,
    position: record.position.commit,
    data: record.data,
    metadata: metadataOf(record.metadata, record.id),
    recordedAt: record.created.toISOString(),
  };
};
