import type { ProposedEvent } from '../log/stored-event.js';

/** What an event counts towards the greatest size of an append; the type counts twice (it is UTF-16 on the real server). */
export const sizeOf = (event: ProposedEvent): number =>
  event.data.length + event.metadata.length + 2 * event.type.length;
