import { eventSubject, eventSubjects, type PublicEventName } from '#contracts';

/**
 * The one subject that covers all wanted names: a consumer of nats-server 2.9 can filter by one only, so that events
 * beside the wanted ones may come along.
 */
export const filterSubject = (tenantId: string, names: readonly PublicEventName[]): string => {
  const [first, ...others] = names;
  if (!first) return eventSubjects(tenantId);
  if (others.length === 0) return eventSubject(tenantId, first);
  const entity = first.split('.')[0];
  const isOneEntity = others.every((name) => name.split('.')[0] === entity);
  return isOneEntity ? `passerelle.events.${tenantId}.${entity}.>` : eventSubjects(tenantId);
};
