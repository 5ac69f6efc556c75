import type { EventTable } from '../log/event-table.js';
import type { StoredEvent } from '../log/stored-event.js';
import type { ResolvedEvent } from '../wire/read-answers.js';

const LINK = /^(\d+)@(.+)$/su;

/** Follows a link event (`<revision>@<stream>`) when asked to; a malformed one is an event like any other. */
export const resolveEvent = (table: EventTable, event: StoredEvent, resolveLinks: boolean): ResolvedEvent => {
  if (!resolveLinks || event.type !== '$>') return { event };
  const [, revision, stream] = LINK.exec(event.data.toString('utf8')) ?? [];
  if (revision === undefined || stream === undefined) return { event };
  return { event: table.at(stream, Number(revision)), link: event };
};
