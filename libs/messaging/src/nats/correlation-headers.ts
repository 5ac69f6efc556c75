import { randomUUID } from 'node:crypto';
import { headers as newHeaders, type MsgHdrs } from '@nats-io/transport-node';
import type { Correlation } from '#kernel';

const CORRELATION_ID = 'Passerelle-Correlation-Id';
const CAUSATION_ID = 'Passerelle-Causation-Id';
const ACTOR = 'Passerelle-Actor';
const TRACEPARENT = 'traceparent';

/** Headers that carry the correlation of the work at hand to whoever receives the message. */
export const correlationHeaders = (correlation: Correlation): MsgHdrs => {
  const headers = newHeaders();
  headers.set(CORRELATION_ID, correlation.correlationId);
  if (correlation.causationId !== null) headers.set(CAUSATION_ID, correlation.causationId);
  if (correlation.actor !== null) headers.set(ACTOR, correlation.actor);
  if (correlation.traceparent !== null) headers.set(TRACEPARENT, correlation.traceparent);
  return headers;
};

/** The correlation that a message brought; a fresh one where it brought none. */
export const correlationOf = (headers: MsgHdrs | undefined): Correlation => ({
  correlationId: headers?.get(CORRELATION_ID) || randomUUID(),
  causationId: headers?.get(CAUSATION_ID) || null,
  actor: headers?.get(ACTOR) || null,
  traceparent: headers?.get(TRACEPARENT) || null,
});
