import { BodyRefusal } from './body-refusal.js';
import type { ByteBudget, Lease } from './byte-budget.js';

const KIB = 1024;
const MIB = 1024 * KIB;
/** A first synchronisation arrives as one body of several MB. */
export const BODY_LIMIT = 64 * MIB;
/** What almost every webhook is; these never wait behind larger ones. */
export const SMALL_BODY = 64 * KIB;
/** A body of unknown length asks for its room in such pieces. */
const STEP = MIB;

/** The bytes of one body and the room that they take. */
export interface TakenBody {
  readonly bytes: Uint8Array;
  /** Of a large body. */
  readonly lease: Lease | null;
  /** To be called when nobody looks at the bytes any more. */
  release(): void;
}

export interface Budgets {
  readonly small: ByteBudget;
  readonly large: ByteBudget;
}

/** Waits until a large body may be taken; what comes back is called when that is over. */
export type LargeTurn = () => Promise<() => void>;

const nothing = (): void => undefined;
export const atOnce: LargeTurn = () => Promise.resolve(nothing);

/**
 * Puts a body together within the budgets. A small one is its pieces. A larger one lies in one piece of memory from the
 * beginning: for a body of unknown length that is made for the largest there is, of which the system provides what is
 * written only; so nothing is copied when it ends.
 */
export class BodyBuilder {
  readonly #budgets: Budgets;
  readonly #turn: LargeTurn;
  /** Of the compressed body that this one is made of: both are one request, which must not wait for itself. */
  readonly #origin: Lease | null;
  #lease: Lease;
  /** What the lease held before. */
  #base = 0;
  #endTurn = nothing;
  #isOver = false;
  #pieces: Uint8Array[] = [];
  #whole: Buffer | null = null;
  #size = 0;

  constructor(budgets: Budgets, turn: LargeTurn, origin: Lease | null = null) {
    this.#budgets = budgets;
    this.#turn = turn;
    this.#origin = origin;
    this.#lease = budgets.small.open();
  }

  /** All room at once, where the length is known and beyond a small body's. @throws {BodyRefusal} */
  async reserve(length: number): Promise<void> {
    await this.#beginLarge();
    await this.#lease.take(length);
    this.#whole = Buffer.allocUnsafeSlow(length);
  }

  /** `undefined`: there was room. @throws {BodyRefusal} */
  add(piece: Uint8Array): Promise<void> | undefined {
    const size = this.#size + piece.byteLength;
    if (size > (this.#whole?.byteLength ?? BODY_LIMIT)) throw new BodyRefusal('too-large');
    if (this.#whole) this.#whole.set(piece, this.#size);
    else this.#pieces.push(piece);
    this.#size = size;
    if (!this.#whole && size > SMALL_BODY) return this.#enlarge();
    const missing = this.#base + size - this.#lease.bytes;
    if (missing <= 0) return undefined;
    return this.#lease.take(this.#whole ? STEP : missing);
  }

  /** The body; its room is released by whoever takes it. */
  finish(): TakenBody {
    const [first = new Uint8Array(), ...others] = this.#pieces;
    const small = others.length === 0 ? first : Buffer.concat(this.#pieces);
    return {
      bytes: this.#whole ? this.#whole.subarray(0, this.#size) : small,
      lease: this.#whole ? this.#lease : null,
      release: () => this.release(),
    };
  }

  release(): void {
    this.#isOver = true;
    if (this.#lease !== this.#origin) this.#lease.release();
    this.#endTurn();
    this.#endTurn = nothing;
  }

  async #beginLarge(): Promise<void> {
    const endTurn = await this.#turn();
    if (this.#isOver) {
      endTurn();
      throw new BodyRefusal('broken-off');
    }
    this.#endTurn = endTurn;
    this.#lease.release();
    this.#lease = this.#origin ?? this.#budgets.large.open();
    this.#base = this.#lease.bytes;
  }

  async #enlarge(): Promise<void> {
    await this.#beginLarge();
    await this.#lease.take(STEP);
    const whole = Buffer.allocUnsafeSlow(BODY_LIMIT);
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.byteLength;
    }
    this.#pieces = [];
    this.#whole = whole;
  }
}
