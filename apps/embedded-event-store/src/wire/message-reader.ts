/** A protobuf message, field by field; the byte fields it yields are views of the message, not copies. */
export class MessageReader {
  #at = 0;
  #wireType = 0;

  constructor(private readonly buffer: Buffer) {}

  /** Number of the next field, or 0 at the end. */
  next(): number {
    if (this.#at >= this.buffer.length) return 0;
    const tag = this.uint();
    this.#wireType = tag & 7;
    return tag >>> 3;
  }

  /** A varint; beyond 2^53 the result is only as precise as a double. */
  uint(): number {
    let result = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#byte();
      result += (byte & 0x7f) * scale;
      if (byte < 0x80) return result;
      scale *= 128;
    }
  }

  /** A varint with all its 64 bits. */
  uint64(): bigint {
    let result = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#byte();
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, result);
    }
  }

  bytes(): Buffer {
    const length = this.uint();
    const end = this.#at + length;
    if (end > this.buffer.length) throw new RangeError('A message ends in the middle of a field.');
    const bytes = this.buffer.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  string(): string {
    return this.bytes().toString('utf8');
  }

  message(): MessageReader {
    return new MessageReader(this.bytes());
  }

  skip(): void {
    if (this.#wireType === 0) this.uint64();
    else if (this.#wireType === 1) this.#at += 8;
    else if (this.#wireType === 2) this.bytes();
    else if (this.#wireType === 5) this.#at += 4;
    else throw new RangeError(`Wire type ${this.#wireType} is not part of this protocol.`);
  }

  #byte(): number {
    const byte = this.buffer[this.#at++];
    if (byte === undefined) throw new RangeError('A message ends in the middle of a number.');
    return byte;
  }
}
