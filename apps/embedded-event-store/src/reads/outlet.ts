import type { ServerWritableStream } from '@grpc/grpc-js';
import type { Refusal } from '../wire/refusals.js';

/** Where the answers of one read go: no faster than the client takes them. */
export class Outlet {
  readonly #stopped: Promise<void>;
  #wake: (() => void) | undefined;
  #rung = false;
  #ended = false;

  constructor(private readonly call: ServerWritableStream<unknown, Buffer>) {
    const ring = () => this.ring();
    this.#stopped = new Promise((resolve) => {
      call.once('cancelled', resolve);
      call.once('close', resolve);
    });
    call.on('drain', ring);
    call.on('error', ring);
    void this.#stopped.then(ring);
  }

  /** The client has gone, or the call has ended. */
  get closed(): boolean {
    return this.#ended || this.call.cancelled || this.call.destroyed;
  }

  /** Resolves when the next message may be sent; look at {@link closed} then. */
  async send(message: Buffer): Promise<void> {
    if (this.closed || this.call.write(message)) return;
    while (this.call.writableNeedDrain && !this.closed) await this.rest();
  }

  end(): void {
    if (this.closed) return;
    this.#ended = true;
    this.call.end();
  }

  /** Ends the call with a status; `destroy` would lose it. */
  fail(refusal: Refusal): void {
    if (this.closed) return;
    this.#ended = true;
    this.call.emit('error', refusal);
  }

  /** Lets a pending (or the next) {@link rest} go on. */
  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Waits until something happened: room for more, a commit, the end of the call. */
  async rest(): Promise<void> {
    if (!this.#rung) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#wake = undefined;
    this.#rung = false;
  }
}
