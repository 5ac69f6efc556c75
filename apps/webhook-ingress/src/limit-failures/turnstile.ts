import { BodyRefusal } from '../take-body/body-refusal.js';

interface Waiter {
  readonly timer: NodeJS.Timeout;
  pass(): void;
}

/** Lets so many in at once; the others wait in order, but not for long. */
export class Turnstile {
  #inside = 0;
  readonly #waiting: Waiter[] = [];

  constructor(
    readonly width: number,
    readonly waitMs: number,
  ) {}

  get isIdle(): boolean {
    return this.#inside === 0;
  }

  /**
   * @returns what is called on leaving
   * @throws {BodyRefusal} `busy`: not within the time
   */
  async enter(): Promise<() => void> {
    if (this.#inside < this.width) this.#inside++;
    else await this.#wait();
    let isOut = false;
    return () => {
      if (isOut) return;
      isOut = true;
      this.#leave();
    };
  }

  async #wait(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(new BodyRefusal('busy'));
      }, this.waitMs);
      const waiter: Waiter = { timer, pass: resolve };
      this.#waiting.push(waiter);
    });
  }

  /** Whoever leaves hands its place on, so the count stays. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (!next) this.#inside--;
    else {
      clearTimeout(next.timer);
      next.pass();
    }
  }
}
