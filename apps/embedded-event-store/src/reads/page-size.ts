import type { StoredEvent } from '../log/stored-event.js';

const MAX_EVENTS = 64;
const BYTES = 1024 * 1024;

/** How many events to take from the disk at once: about 1 MiB, judged by the page before. */
export class PageSize {
  limit = MAX_EVENTS / 2;

  learn(page: readonly StoredEvent[]): void {
    if (page.length === 0) return;
    const bytes = page.reduce((sum, event) => sum + event.data.length + event.metadata.length, 0);
    this.limit = Math.max(1, Math.min(MAX_EVENTS, Math.floor((BYTES * page.length) / Math.max(1, bytes))));
  }
}
