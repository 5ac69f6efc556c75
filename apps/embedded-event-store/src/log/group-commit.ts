import type { AppendCommand, AppendOutcome, EventLog } from './event-log.js';

/** Larger groups do not raise the throughput, they only make the first of them wait. */
const MAX_GROUP = 64;

interface Queued {
  readonly command: AppendCommand;
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Commits all appends that arrived in one turn of the event loop in one transaction: one wait for the disk instead of
 * many. An append resolves, and shows to readers, only after that.
 */
export class GroupCommit {
  #queue: Queued[] = [];
  #scheduled = false;
  readonly #afterCommit = new Set<() => void>();

  constructor(private readonly log: EventLog) {}

  submit(command: AppendCommand): Promise<AppendOutcome> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ command, resolve, reject });
      this.#schedule();
    });
  }

  /** Calls `listener` after every commit until the returned function is called. */
  onCommit(listener: () => void): () => void {
    this.#afterCommit.add(listener);
    return () => this.#afterCommit.delete(listener);
  }

  /** Commits what is queued, at once. */
  flush(): void {
    while (this.#queue.length > 0) this.#commitGroup();
  }

  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#commitGroup();
      this.#schedule();
    });
  }

  #commitGroup(): void {
    const group = this.#queue.splice(0, MAX_GROUP);
    const before = this.log.head;
    this.#commit(group);
    if (this.log.head > before) for (const listener of this.#afterCommit) listener();
  }

  #commit(group: readonly Queued[]): void {
    try {
      const outcomes = this.log.commit(group.map(({ command }) => command));
      for (const [index, { resolve }] of group.entries()) {
        const outcome = outcomes[index];
        if (outcome !== undefined) resolve(outcome);
      }
    } catch (error) {
      if (group.length > 1) for (const one of group) this.#commit([one]);
      else group[0]?.reject(error);
    }
  }
}
