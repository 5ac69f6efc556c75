import type { EventLog } from '../log/event-log.js';
import { NO_STREAM, TOMBSTONE } from '../log/stored-event.js';
import { visibleFrom } from '../log/stream-states.js';
import {
  eventAnswer,
  firstStreamPosition,
  lastStreamPosition,
  streamNotFound,
} from '../wire/read-answers.js';
import * as refusals from '../wire/refusals.js';
import { resolveEvent } from './links.js';
import type { Outlet } from './outlet.js';
import { PageSize } from './page-size.js';
import type { ReadRequest } from './read-request.js';

const REAL_SERVERS_PAGE = 32;

/** A bounded read of one stream. */
export const readStream = async (
  log: EventLog,
  request: ReadRequest & { readonly stream: string; readonly count: number },
  outlet: Outlet,
): Promise<void> => {
  const { stream, direction, count } = request;
  const { last, metadata } = log.states.of(stream);
  if (last === TOMBSTONE) return outlet.fail(refusals.streamDeleted(stream));
  if (last === NO_STREAM || metadata.softDeleted) {
    await outlet.send(streamNotFound(stream));
    return outlet.end();
  }
  if (direction === 'forwards' && request.from === 'end') {
    return outlet.fail(refusals.unknown('A stream cannot be read forwards from its end.'));
  }
  const visible = visibleFrom(log.states.of(stream), Date.now());
  let from = request.from === 'start' ? 0 : request.from === 'end' ? last : request.from;
  if (direction === 'forwards' && request.tellsStreamEnds) {
    if (from + Math.min(count, REAL_SERVERS_PAGE) <= visible.lowest && visible.lowest <= last) {
      await outlet.send(firstStreamPosition(visible.lowest));
    }
  }
  const page = new PageSize();
  for (let left = count; left > 0 && !outlet.closed;) {
    const limit = Math.min(left, page.limit);
    const events = log.table.slice(stream, { direction, from, ...visible }, limit);
    for (const event of events) {
      await outlet.send(
        eventAnswer(resolveEvent(log.table, event, request.resolveLinks), request.uuidsAsText),
      );
    }
    left -= events.length;
    const reached = events.at(-1)?.revision;
    if (reached === undefined || events.length < limit) {
      if (request.tellsStreamEnds) await outlet.send(lastStreamPosition(last));
      break;
    }
    from = direction === 'forwards' ? reached + 1 : reached - 1;
    page.learn(events);
  }
  outlet.end();
};
