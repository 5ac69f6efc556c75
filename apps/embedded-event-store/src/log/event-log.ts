import { randomUUID } from 'node:crypto';
import { uuidBytes } from '../wire/uuid.js';
import { decideAppend } from './decide-append.js';
import type { EventTable } from './event-table.js';
import { RecentEvents } from './recent-events.js';
import { RecentIds } from './recent-ids.js';
import {
  describedStreamOf,
  metadataStreamOf,
  NO_STREAM,
  TOMBSTONE,
  type Expected,
  type ProposedEvent,
  type StoredEvent,
} from './stored-event.js';
import { SOFT_DELETED_METADATA, withTruncateBefore } from './stream-metadata.js';
import { StreamStates } from './stream-states.js';

export interface AppendCommand {
  readonly kind: 'append' | 'delete' | 'tombstone';
  readonly stream: string;
  readonly expected: Expected;
  readonly events: readonly ProposedEvent[];
  /** Instant (ms) after which nothing may be written any more. */
  readonly deadline?: number;
}

export type AppendOutcome =
  /** `revision` of the stream and position of the last event; also when the very same events were there already. */
  | { readonly kind: 'success'; readonly revision: number; readonly position: number }
  | { readonly kind: 'wrong-expected-version'; readonly current: number }
  | { readonly kind: 'stream-deleted' }
  | { readonly kind: 'timeout' };

const nodeEvent = (type: string, isJson: boolean, data: Buffer): ProposedEvent => ({
  id: uuidBytes(randomUUID()),
  type,
  isJson,
  data,
  metadata: Buffer.alloc(0),
});

/**
 * Decides and applies appends. Everything here is synchronous and runs inside the transaction of a group (see
 * `GroupCommit`), so each append is decided against the ones before it, committed or not.
 */
export class EventLog {
  readonly states: StreamStates;
  readonly recent = new RecentEvents();
  readonly #ids = new RecentIds();
  #head: number;
  #pending: StoredEvent[] = [];

  constructor(readonly table: EventTable) {
    this.states = new StreamStates(table);
    this.#head = table.head();
  }

  /** Position of the newest committed event, 0 when there is none. */
  get head(): number {
    return this.#head;
  }

  /**
   * Applies the commands in one transaction and returns once it is on the disk.
   * @throws whatever the storage throws; then nothing of it is written
   */
  commit(commands: readonly AppendCommand[]): AppendOutcome[] {
    try {
      const outcomes = this.table.inTransaction(() => commands.map((command) => this.#apply(command)));
      this.recent.add(this.#pending);
      this.#head += this.#pending.length;
      return outcomes;
    } catch (error) {
      this.states.clear();
      this.#ids.clear();
      throw error;
    } finally {
      this.#pending = [];
    }
  }

  #apply(command: AppendCommand): AppendOutcome {
    if (command.deadline !== undefined && Date.now() > command.deadline) return { kind: 'timeout' };
    const { stream } = command;
    const state = this.states.of(stream);
    const { last } = state;
    if (command.kind === 'delete' && last === NO_STREAM) return wrong(last);
    const decision = decideAppend({
      last,
      softDeleted: state.metadata.softDeleted,
      hasMetadata: state.hasMetadata,
      expected: command.expected,
      ids: command.events.map((event) => event.id),
      recentRevision: (id) => this.#ids.revisionIn(stream, id),
      idAt: (revision) => this.table.at(stream, revision)?.id,
    });
    switch (decision.kind) {
      case 'write':
        return this.#write(command);
      case 'already-written':
        return this.#success(stream, decision.revision);
      case 'wrong-expected-version':
        return wrong(last);
      case 'stream-deleted':
        return decision;
    }
  }

  #write({ kind, stream, events }: AppendCommand): AppendOutcome {
    if (kind === 'tombstone') {
      this.#insert(stream, nodeEvent('$streamDeleted', false, Buffer.alloc(0)), TOMBSTONE);
      return { kind: 'success', revision: TOMBSTONE, position: this.#position };
    }
    if (kind === 'delete') {
      this.#writeMetadata(stream, Buffer.from(SOFT_DELETED_METADATA));
      return { kind: 'success', revision: this.states.of(stream).last, position: this.#position };
    }
    const { softDeleted } = this.states.of(stream).metadata;
    const described = describedStreamOf(stream);
    const describedWasDeleted = described !== null && this.states.of(described).metadata.softDeleted;
    const first = this.states.of(stream).last + 1;
    for (const [index, event] of events.entries()) this.#insert(stream, event, first + index);
    const outcome = this.#success(stream, first + events.length - 1);
    if (events.length > 0 && softDeleted) this.#revive(stream, first);
    if (events.length > 0 && describedWasDeleted) this.#revive(described, this.states.of(described).last + 1);
    return outcome;
  }

  /** What was in a soft-deleted stream stays hidden; what is written from now on shows. */
  #revive(stream: string, firstVisible: number): void {
    const metadata = this.table.lastOf(metadataStreamOf(stream));
    const revived = metadata === undefined ? null : withTruncateBefore(metadata.data, firstVisible);
    if (revived !== null) this.#writeMetadata(stream, revived);
  }

  #writeMetadata(stream: string, metadata: Buffer): void {
    const metadataStream = metadataStreamOf(stream);
    const { last } = this.states.of(metadataStream);
    this.#insert(metadataStream, nodeEvent('$metadata', true, metadata), last + 1);
  }

  #insert(stream: string, proposed: ProposedEvent, revision: number): void {
    const event: StoredEvent = {
      id: proposed.id,
      type: proposed.type,
      isJson: proposed.isJson,
      data: proposed.data,
      metadata: proposed.metadata,
      stream,
      revision,
      position: this.#position + 1,
      created: Date.now(),
    };
    this.table.insert(event);
    this.#pending.push(event);
    this.#ids.add(event);
    this.states.of(stream).last = revision;
    const described = describedStreamOf(stream);
    if (described !== null) this.states.forget(described);
    if (revision === TOMBSTONE) this.states.forget(metadataStreamOf(stream));
  }

  /** Position of the newest event, pending ones included. */
  get #position(): number {
    return this.#head + this.#pending.length;
  }

  #success(stream: string, revision: number): AppendOutcome {
    const pending = this.#pending.at(-1);
    const isNewest = pending?.stream === stream && pending.revision === revision;
    const position = isNewest ? pending.position : (this.table.at(stream, revision)?.position ?? 0);
    return { kind: 'success', revision, position };
  }
}

const wrong = (current: number): AppendOutcome => ({ kind: 'wrong-expected-version', current });
