import type { CorrelationScope, EventMetadata } from '#kernel';
import { v7 } from 'uuid';

/** Metadata of what one command writes: a fresh command id, unless the caller has one, within the story at hand. */
export const eventMetadata = (
  scope: CorrelationScope,
  tenantId: string | null,
  commandId: string = v7(),
): EventMetadata => {
  const { correlationId, causationId, actor, traceparent } = scope.current();
  return { commandId, correlationId, causationId, tenantId, actor, traceparent };
};
