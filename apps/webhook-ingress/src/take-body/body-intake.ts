import type { IncomingMessage } from 'node:http';
import {
  atOnce,
  BODY_LIMIT,
  BodyBuilder,
  type Budgets,
  type LargeTurn,
  SMALL_BODY,
  type TakenBody,
} from './body-builder.js';
import { BodyRefusal } from './body-refusal.js';
import { ByteBudget } from './byte-budget.js';
import { invite } from './expect-continue.js';
import { inflate } from './inflate.js';
import { readStream } from './read-stream.js';
import { PACE, type PaceRules, SenderPace } from './sender-pace.js';

/** A lack of room is usually over within a moment; a provider should not be kept waiting for longer. */
const WAIT_MS = 10_000;
/** So much of the whole is for small bodies alone. */
const RESERVE = 1 / 8;

export interface IntakeOptions {
  /** What all bodies in flight may take together. */
  readonly capacityBytes: number;
  /** How long a body waits for room (default 10 s). */
  readonly waitMs?: number;
  readonly pace?: PaceRules;
}

const NO_BODY: TakenBody = { bytes: new Uint8Array(), lease: null, release: () => undefined };

/** The length that the head promises; `null`: it comes in chunks. */
export const declaredLength = ({ headers }: IncomingMessage): number | null =>
  headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : null;

/** The head alone says that the body is beyond the limit. */
export const isTooLong = (source: IncomingMessage): boolean => (declaredLength(source) ?? 0) > BODY_LIMIT;

/** Takes bodies in as the bytes that were sent, with a bound on what all of them take together. */
export class BodyIntake {
  readonly #budgets: Budgets;
  readonly #pace: SenderPace;

  constructor({ capacityBytes, waitMs = WAIT_MS, pace = PACE }: IntakeOptions) {
    const reserve = Math.floor(capacityBytes * RESERVE);
    this.#budgets = {
      small: new ByteBudget(reserve, waitMs),
      large: new ByteBudget(capacityBytes - reserve, waitMs),
    };
    this.#pace = new SenderPace(pace);
  }

  get bytesInFlight(): number {
    return this.#budgets.small.used + this.#budgets.large.used;
  }

  get waiting(): number {
    return this.#budgets.small.waiting + this.#budgets.large.waiting;
  }

  /** @throws {BodyRefusal} */
  async take(source: IncomingMessage, turn: LargeTurn = atOnce): Promise<TakenBody> {
    const length = declaredLength(source);
    if (length === 0) return NO_BODY;
    if (isTooLong(source)) throw new BodyRefusal('too-large');
    const builder = new BodyBuilder(this.#budgets, turn);
    try {
      if (length !== null && length > SMALL_BODY) await builder.reserve(length);
      invite(source);
      await readStream(source, this.#pace, (piece) => builder.add(piece));
      return builder.finish();
    } catch (error) {
      builder.release();
      throw error;
    }
  }

  /** What a gzip body says, in room beside it; `null` when it is no gzip. @throws {BodyRefusal} */
  async decode({ bytes, lease }: TakenBody): Promise<TakenBody | null> {
    return inflate(bytes, new BodyBuilder(this.#budgets, atOnce, lease));
  }
}
