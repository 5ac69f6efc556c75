import type { CorrelationScope, RecordedEvent } from '#kernel';

/** Whatever an event makes us do belongs to the event's own story: same correlation and trace, caused by it. */
export const inStoryOf = <T>(scope: CorrelationScope, event: RecordedEvent, work: () => T): T => {
  const { correlationId, traceparent, actor } = event.metadata;
  return scope.run({ correlationId, causationId: event.id, traceparent, actor }, work);
};
