import type { StoredEvent } from './stored-event.js';

const GENERATION = 10_000;

/** Ids of the last 10,000 to 20,000 events, for appends that name no revision. Lost on restart, as on the real server. */
export class RecentIds {
  #young = new Map<string, { readonly stream: string; readonly revision: number }>();
  #old = this.#young;

  add(event: StoredEvent): void {
    if (this.#young.size >= GENERATION) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key(event.id), { stream: event.stream, revision: event.revision });
  }

  revisionIn(stream: string, id: Buffer): number | undefined {
    const found = this.#young.get(key(id)) ?? this.#old.get(key(id));
    return found?.stream === stream ? found.revision : undefined;
  }

  clear(): void {
    this.#young = new Map();
    this.#old = this.#young;
  }
}

const key = (id: Buffer) => id.toString('latin1');
