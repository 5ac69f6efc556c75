import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventLog } from '../log/event-log.js';
import { NO_STREAM, TOMBSTONE, type StoredEvent } from '../log/stored-event.js';
import { visibleFrom } from '../log/stream-states.js';
import { caughtUp, eventAnswer } from '../wire/read-answers.js';
import * as refusals from '../wire/refusals.js';
import { resolveEvent } from './links.js';
import type { Outlet } from './outlet.js';
import { PageSize } from './page-size.js';
import type { ReadRequest } from './read-request.js';

/** A catch-up subscription to one stream; waits for the stream when it does not exist yet. */
export class SubscriptionToStream {
  readonly #page = new PageSize();
  /** Last revision delivered (or passed over). */
  #revision: number;
  #live = false;

  constructor(
    private readonly log: EventLog,
    private readonly request: ReadRequest & { readonly stream: string },
    private readonly outlet: Outlet,
  ) {
    const { last } = log.states.of(request.stream);
    this.#revision = request.from === 'start' ? NO_STREAM : request.from === 'end' ? last : request.from;
  }

  async run(): Promise<void> {
    const { stream } = this.request;
    while (!this.outlet.closed) {
      const { last, metadata } = this.log.states.of(stream);
      const seesTombstone = this.#live && this.#revision < TOMBSTONE;
      if (last === TOMBSTONE && !seesTombstone) return this.outlet.fail(refusals.streamDeleted(stream));
      if (this.#revision < last && !metadata.softDeleted) await this.#advance();
      else if (!this.#live) await this.#goLive(last);
      else await this.outlet.rest();
    }
  }

  async #advance(): Promise<void> {
    const { stream } = this.request;
    const state = this.log.states.of(stream);
    const { last } = state;
    const { limit } = this.#page;
    const slice = {
      direction: 'forwards',
      from: this.#revision + 1,
      ...visibleFrom(state, Date.now()),
    } as const;
    const events = this.log.table.slice(stream, slice, limit);
    this.#page.learn(events);
    for (const event of events) {
      if (this.outlet.closed) return;
      await this.#send(event);
    }
    if (events.length < limit) this.#revision = Math.max(this.#revision, last);
    await nextTurn();
  }

  async #goLive(last: number): Promise<void> {
    this.#live = true;
    await this.outlet.send(caughtUp(last === NO_STREAM ? null : { revision: last }, Date.now()));
  }

  async #send(event: StoredEvent): Promise<void> {
    const { resolveLinks, uuidsAsText } = this.request;
    this.#revision = event.revision;
    await this.outlet.send(eventAnswer(resolveEvent(this.log.table, event, resolveLinks), uuidsAsText));
  }
}
