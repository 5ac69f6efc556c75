import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventLog } from '../log/event-log.js';
import { eventAnswer } from '../wire/read-answers.js';
import { categoriesOf, matches } from './filter.js';
import { resolveEvent } from './links.js';
import type { Outlet } from './outlet.js';
import { PageSize } from './page-size.js';
import type { ReadRequest } from './read-request.js';

/** A bounded read of the whole log: forwards from a position on, backwards from before it. */
export const readAll = async (
  log: EventLog,
  request: ReadRequest & { readonly count: number },
  outlet: Outlet,
): Promise<void> => {
  const { direction, filter } = request;
  const categories = categoriesOf(filter);
  const page = new PageSize();
  let beyond = firstBeyond(request, log.head);
  for (let left = request.count; left > 0 && !outlet.closed;) {
    const limit = filter === null ? Math.min(left, page.limit) : page.limit;
    const events = log.table.all(direction, beyond, categories, limit);
    for (const event of events) {
      beyond = event.position;
      if (!matches(filter, event)) continue;
      await outlet.send(
        eventAnswer(resolveEvent(log.table, event, request.resolveLinks), request.uuidsAsText),
      );
      if (--left === 0) break;
    }
    if (events.length < limit) break;
    page.learn(events);
    // A filter that matches little sends nothing for a long time: other calls want their turn.
    await nextTurn();
  }
  outlet.end();
};

/** The position next to the first one to read. */
const firstBeyond = ({ from, direction }: ReadRequest, head: number): number => {
  if (from === 'start') return 0;
  if (from === 'end') return direction === 'forwards' ? head : head + 1;
  return direction === 'forwards' ? from - 1 : from;
};
