import { BodyRefusal } from './body-refusal.js';

/**
 * Bytes one after the other in one piece of memory, so that they need not be joined at the end. It may be made for the
 * largest body there is: the system provides memory for what was written only.
 */
export class FillingBuffer {
  readonly #buffer: Buffer;
  #length = 0;

  constructor(readonly capacity: number) {
    this.#buffer = Buffer.allocUnsafeSlow(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** @throws {BodyRefusal} `too-large` */
  add(chunk: Uint8Array): void {
    if (this.#length + chunk.byteLength > this.capacity) throw new BodyRefusal('too-large');
    this.#buffer.set(chunk, this.#length);
    this.#length += chunk.byteLength;
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }
}
