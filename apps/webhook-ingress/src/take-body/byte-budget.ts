import { BodyRefusal } from './body-refusal.js';

/** Bytes of a budget that one body fills; none at first. */
export interface Lease {
  readonly bytes: number;
  /**
   * So many bytes more; `undefined`: granted at once.
   * @throws {BodyRefusal} `busy`: not within the time, or never, because everybody who holds some waits for more
   */
  take(more: number): Promise<void> | undefined;
  /** Gives all of them back and waits for none any more; a second call changes nothing. */
  release(): void;
}

interface Waiter {
  readonly more: number;
  readonly holder: Holder;
  readonly timer: NodeJS.Timeout;
  admit(): void;
  dismiss(reason: BodyRefusal['reason']): void;
}

interface Holder {
  held: number;
}

/**
 * Bounds what all bodies in flight take together. Room is granted in the order in which it was asked for; a body that
 * grows goes before one that begins, because it is nearer to its end. What is larger than the whole budget passes alone.
 */
export class ByteBudget {
  #used = 0;
  #holders = 0;
  readonly #growing: Waiter[] = [];
  readonly #beginning: Waiter[] = [];

  constructor(
    readonly capacity: number,
    readonly waitMs: number,
  ) {}

  get used(): number {
    return this.#used;
  }

  get waiting(): number {
    return this.#growing.length + this.#beginning.length;
  }

  open(): Lease {
    const holder: Holder = { held: 0 };
    return {
      get bytes() {
        return holder.held;
      },
      take: (more) => this.#take(holder, more),
      release: () => this.#release(holder),
    };
  }

  #take(holder: Holder, more: number): Promise<void> | undefined {
    const isNew = holder.held === 0;
    const before = isNew ? this.waiting : this.#growing.length;
    if (before === 0 && this.#fits(holder, more)) {
      this.#grant(holder, more);
      return undefined;
    }
    if (!isNew && this.#growing.length + 1 >= this.#holders) return Promise.reject(new BodyRefusal('busy'));
    return this.#wait(isNew ? this.#beginning : this.#growing, holder, more);
  }

  #release(holder: Holder): void {
    if (this.waiting > 0) this.#dismiss(holder);
    if (holder.held === 0) return;
    this.#used -= holder.held;
    this.#holders--;
    holder.held = 0;
    this.#admitNext();
  }

  #dismiss(holder: Holder): void {
    const waiters = [...this.#growing, ...this.#beginning];
    waiters.find((waiter) => waiter.holder === holder)?.dismiss('broken-off');
  }

  #fits({ held }: Holder, more: number): boolean {
    return this.#used + more <= this.capacity || this.#used === held;
  }

  #grant(holder: Holder, more: number): void {
    if (holder.held === 0) this.#holders++;
    holder.held += more;
    this.#used += more;
  }

  async #wait(queue: Waiter[], holder: Holder, more: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const dismiss = (reason: BodyRefusal['reason']): void => {
        clearTimeout(timer);
        queue.splice(queue.indexOf(waiter), 1);
        reject(new BodyRefusal(reason));
        this.#admitNext();
      };
      const timer = setTimeout(dismiss, this.waitMs, 'busy');
      const waiter: Waiter = { more, holder, timer, admit: resolve, dismiss };
      queue.push(waiter);
    });
  }

  #admitNext(): void {
    for (const queue of [this.#growing, this.#beginning]) {
      for (let next = queue[0]; next; next = queue[0]) {
        if (!this.#fits(next.holder, next.more)) return;
        queue.shift();
        clearTimeout(next.timer);
        this.#grant(next.holder, next.more);
        next.admit();
      }
    }
  }
}
