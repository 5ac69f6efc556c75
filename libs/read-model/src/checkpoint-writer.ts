import { moveCheckpoint, moveCheckpointAlone } from './checkpoints.js';
import type { Database, Sql } from './database.js';

/** Writes the checkpoint in the transaction that it is called with; without one, on its own and without waiting for the disk. */
export type MoveCheckpoint = (tx?: Sql) => Promise<void>;

const IDLE_EVERY_MS = 25;

/**
 * The checkpoint of one feed while it runs. Handled events move it at once, with their work; positions up to which nothing
 * matched move it too, but at most every 25 ms, the last one always: somebody may wait for exactly that position.
 */
export class CheckpointWriter {
  readonly #db: Database;
  readonly #name: string;
  #written: bigint | null;
  #writtenAt = 0;
  #timer: NodeJS.Timeout | null = null;
  #waiting: bigint | null = null;
  #late: Promise<void> = Promise.resolve();
  #lateFailure: { readonly error: unknown } | null = null;

  constructor(db: Database, name: string, written: bigint | null) {
    this.#db = db;
    this.#name = name;
    this.#written = written;
  }

  /** What is stored, as far as this process knows. */
  written(): bigint | null {
    return this.#written;
  }

  /** Runs `work`, which must call `move` once, in its own transaction or after its effect. */
  async advance(position: bigint, work: (move: MoveCheckpoint) => Promise<void>): Promise<void> {
    await this.#settle();
    await work((tx) =>
      tx
        ? moveCheckpoint(tx, this.#name, this.#written, position)
        : moveCheckpointAlone(this.#db, this.#name, this.#written, position),
    );
    this.#written = position;
    this.#writtenAt = Date.now();
  }

  /** Nothing matched up to `position`. */
  async advanceIdle(position: bigint): Promise<void> {
    await this.#settle();
    if (this.#written !== null && position <= this.#written) return;
    const waitMs = this.#writtenAt + IDLE_EVERY_MS - Date.now();
    if (waitMs <= 0) return this.#write(position);
    this.#waiting = position;
    this.#timer = setTimeout(() => {
      this.#waiting = null;
      this.#late = this.#write(position).catch((error: unknown) => {
        this.#lateFailure = { error };
      });
    }, waitMs);
  }

  /** Drops what is not yet written: it is found out again after the restart. */
  async close(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#waiting = null;
    await this.#late;
  }

  /** Writes what is not yet written. */
  async flush(): Promise<void> {
    const position = this.#waiting;
    await this.#settle();
    if (position !== null) await this.#write(position);
  }

  async #write(position: bigint): Promise<void> {
    await moveCheckpointAlone(this.#db, this.#name, this.#written, position);
    this.#written = position;
    this.#writtenAt = Date.now();
  }

  async #settle(): Promise<void> {
    await this.close();
    const failure = this.#lateFailure;
    this.#lateFailure = null;
    if (failure) throw failure.error;
  }
}
