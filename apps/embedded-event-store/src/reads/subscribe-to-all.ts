import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventLog } from '../log/event-log.js';
import type { StoredEvent } from '../log/stored-event.js';
import { caughtUp, checkpoint, eventAnswer } from '../wire/read-answers.js';
import { categoriesOf, matches } from './filter.js';
import { resolveEvent } from './links.js';
import type { Outlet } from './outlet.js';
import { PageSize } from './page-size.js';
import type { ReadRequest } from './read-request.js';

const LIVE_PAGE = 256;

/** A catch-up subscription to the whole log: from the disk until it has caught up, then from what is committed. */
export class SubscriptionToAll {
  readonly #page = new PageSize();
  readonly #categories: readonly string[];
  /** Everything up to here was looked at. */
  #position: number;
  #lastCheckpoint: number;
  #live = false;

  constructor(
    private readonly log: EventLog,
    private readonly request: ReadRequest,
    private readonly outlet: Outlet,
  ) {
    this.#categories = categoriesOf(request.filter);
    this.#position = request.from === 'start' ? 0 : request.from === 'end' ? log.head : request.from;
    this.#lastCheckpoint = this.#position;
  }

  async run(): Promise<void> {
    while (!this.outlet.closed) {
      if (this.#position < this.log.head) await this.#advance();
      else {
        if (!this.#live) await this.#goLive();
        else await this.outlet.rest();
      }
    }
  }

  async #goLive(): Promise<void> {
    const now = Date.now();
    if (this.request.filter !== null && this.#position > this.#lastCheckpoint) {
      await this.#sendCheckpoint(this.#position);
    }
    // Events that were committed while the client took that checkpoint come first.
    if (this.#position < this.log.head) return;
    this.#live = true;
    await this.outlet.send(caughtUp(this.#position === 0 ? null : { position: this.#position }, now));
  }

  async #advance(): Promise<void> {
    const recent = this.log.recent.after(this.#position, LIVE_PAGE);
    if (recent !== undefined) return this.#deliver(recent);
    this.#live = false;
    const { head } = this.log;
    const { limit } = this.#page;
    const events = this.log.table.all('forwards', this.#position, this.#categories, limit);
    this.#page.learn(events);
    await this.#deliver(events);
    if (events.length < limit) await this.#passOver(head);
    // What matches little sends nothing for a long time: other calls want their turn.
    await nextTurn();
  }

  async #deliver(events: readonly StoredEvent[]): Promise<void> {
    const { filter, resolveLinks, uuidsAsText } = this.request;
    for (const event of events) {
      if (this.outlet.closed) return;
      await this.#passOver(event.position - 1);
      if (matches(filter, event)) {
        await this.outlet.send(eventAnswer(resolveEvent(this.log.table, event, resolveLinks), uuidsAsText));
      }
      await this.#passOver(event.position);
    }
  }

  /** Nothing (more) up to this position is to be delivered: says so when a checkpoint is due. */
  async #passOver(position: number): Promise<void> {
    if (position <= this.#position) return;
    this.#position = position;
    if (position - this.#lastCheckpoint >= this.request.checkpointInterval)
      await this.#sendCheckpoint(position);
  }

  #sendCheckpoint(position: number): Promise<void> {
    this.#lastCheckpoint = position;
    return this.outlet.send(checkpoint(position, Date.now()));
  }
}
