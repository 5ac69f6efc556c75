const EMPTY = Buffer.alloc(0);

/**
 * Writes a protobuf message from its end to its start, so that the length of a nested message is known when it is
 * needed. Write the last field first.
 */
export class MessageWriter {
  #buffer: Buffer;
  #at: number;

  constructor(sizeHint = 256) {
    this.#buffer = Buffer.allocUnsafe(sizeHint);
    this.#at = sizeHint;
  }

  uint(field: number, value: number | bigint): void {
    this.#varint(value);
    this.#varint(field << 3);
  }

  bytes(field: number, value: Buffer): void {
    this.#reserve(value.length);
    this.#at -= value.length;
    value.copy(this.#buffer, this.#at);
    this.#lengthDelimited(field, value.length);
  }

  string(field: number, value: string): void {
    const length = Buffer.byteLength(value);
    this.#reserve(length);
    this.#at -= length;
    this.#buffer.write(value, this.#at, length, 'utf8');
    this.#lengthDelimited(field, length);
  }

  message(field: number, write: () => void): void {
    const end = this.#at;
    const room = this.#buffer.length;
    write();
    this.#lengthDelimited(field, end - this.#at + (this.#buffer.length - room));
  }

  empty(field: number): void {
    this.bytes(field, EMPTY);
  }

  finish(): Buffer {
    return this.#buffer.subarray(this.#at);
  }

  #lengthDelimited(field: number, length: number): void {
    this.#varint(length);
    this.#varint((field << 3) | 2);
  }

  #varint(value: number | bigint): void {
    this.#reserve(10);
    if (typeof value === 'number' && value < 0x80) {
      this.#buffer[--this.#at] = value;
      return;
    }
    let length = 1;
    for (let rest = value; rest >= 0x80; rest = shifted(rest)) length++;
    this.#at -= length;
    let rest = value;
    for (let i = 0; i < length; i++) {
      this.#buffer[this.#at + i] = low(rest) | (i < length - 1 ? 0x80 : 0);
      rest = shifted(rest);
    }
  }

  /** Makes room in front; what is written stays at the end of the buffer. */
  #reserve(bytes: number): void {
    if (this.#at >= bytes) return;
    const written = this.#buffer.length - this.#at;
    const grown = Buffer.allocUnsafe(2 * this.#buffer.length + bytes);
    this.#buffer.copy(grown, grown.length - written, this.#at);
    this.#buffer = grown;
    this.#at = grown.length - written;
  }
}

const shifted = (value: number | bigint) =>
  typeof value === 'bigint' ? value >> 7n : value < 0x8000_0000 ? value >>> 7 : Math.floor(value / 128);
const low = (value: number | bigint) => (typeof value === 'bigint' ? Number(value & 0x7fn) : value % 128);
