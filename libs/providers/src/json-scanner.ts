/** Bytes of JSON's grammar. */
export const BYTE = {
  quote: 0x22, plus: 0x2b, comma: 0x2c, minus: 0x2d, point: 0x2e, zero: 0x30, nine: 0x39, colon: 0x3a,
  bracket: 0x5b, backslash: 0x5c, bracketEnd: 0x5d, brace: 0x7b, braceEnd: 0x7d,
} as const; // prettier-ignore

/** Deeper nesting than any provider's; `JSON.parse` of some runtimes gives up not far beyond. */
const MAX_DEPTH = 512;

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });
const bytesOf = (ascii: string): Uint8Array => new TextEncoder().encode(ascii);
const WORDS = ['true', 'false', 'null', 'NaN', 'Infinity', '-NaN', '-Infinity'].map((word) => ({
  word,
  bytes: bytesOf(word),
}));
const ESCAPED = new Set(bytesOf('"\\/bfnrt'));
const LETTER_U = 0x75;

const isDigit = (byte: number): boolean => byte >= BYTE.zero && byte <= BYTE.nine;

/** `E` or `e`. */
const isExponent = (byte: number): boolean => (byte | 0x20) === 0x65;

const isHexDigit = (byte: number): boolean =>
  isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);

/** Where a scalar stands in the bytes; of a text, between its quotes. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Walks over UTF-8 JSON, byte by byte, once, without building anything. The end of the input reads as a NUL, which is wrong
 * wherever it stands, so that no step need ask whether there is more. Every method throws `SyntaxError` for what is no JSON.
 */
export class JsonScanner {
  readonly #bytes: Uint8Array;
  /** Brackets that are still to be closed in the value that is being skipped. */
  readonly #closers = new Uint8Array(MAX_DEPTH);
  #at: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    this.#at = hasMark ? 3 : 0;
  }

  /** The next byte that is no white space; it is not consumed. */
  peek(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let byte = bytes[at] ?? 0;
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++at] ?? 0;
    this.#at = at;
    return byte;
  }

  /** Consumes the next byte if it is this one. */
  takes(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.#at += 1;
    return true;
  }

  expect(byte: number): void {
    if (!this.takes(byte)) this.#fail();
  }

  /** Nothing but white space is left. */
  end(): void {
    this.peek();
    if (this.#at < this.#bytes.length) this.#fail();
  }

  string(): Span {
    this.peek();
    const start = this.#at + 1;
    this.#skipString();
    return { start, end: this.#at - 1 };
  }

  /** The text between the quotes of a string that was scanned. */
  text({ start, end }: Span): string {
    const text = UTF8.decode(this.#bytes.subarray(start, end));
    return text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text;
  }

  number(): Span {
    this.peek();
    const start = this.#at;
    this.#skipNumber();
    return { start, end: this.#at };
  }

  /** A bare word of JSON, or of the servers that print numbers that are none; `null`: there is none here. */
  word(): string | null {
    this.peek();
    for (const { word, bytes } of WORDS) {
      if (this.#startsWith(bytes)) {
        this.#at += bytes.length;
        return word;
      }
    }
    return null;
  }

  /** Walks over one value, however large; nesting costs a byte a level. */
  skip(): void {
    let depth = 0;
    do {
      const byte = this.peek();
      if (byte === BYTE.brace || byte === BYTE.bracket) {
        if (depth === MAX_DEPTH) this.#fail();
        const closer = byte === BYTE.brace ? BYTE.braceEnd : BYTE.bracketEnd;
        this.#at += 1;
        if (!this.takes(closer)) {
          this.#closers[depth++] = closer;
          if (closer === BYTE.braceEnd) this.#key();
          continue;
        }
      } else {
        this.#skipScalar(byte);
      }
      depth = this.#next(depth);
    } while (depth > 0);
  }

  /** After a value: closes what ends here, and stands before the next value, if any. */
  #next(depth: number): number {
    let open = depth;
    while (open > 0) {
      const closer = this.#closers[open - 1] ?? 0;
      if (this.takes(BYTE.comma)) {
        if (closer === BYTE.braceEnd) this.#key();
        return open;
      }
      this.expect(closer);
      open -= 1;
    }
    return open;
  }

  #key(): void {
    this.#skipString();
    this.expect(BYTE.colon);
  }

  #skipScalar(byte: number): void {
    if (byte === BYTE.quote) this.#skipString();
    else if (isDigit(byte) || this.word() === null) this.#skipNumber();
  }

  #skipString(): void {
    this.expect(BYTE.quote);
    const bytes = this.#bytes;
    let at = this.#at;
    for (let byte = bytes[at] ?? 0; byte !== BYTE.quote; byte = bytes[at] ?? 0) {
      if (byte < 0x20) this.#fail();
      at = byte === BYTE.backslash ? this.#escape(at + 1) : at + 1;
    }
    this.#at = at + 1;
  }

  #skipNumber(): void {
    const bytes = this.#bytes;
    if (bytes[this.#at] === BYTE.minus) this.#at += 1;
    if (bytes[this.#at] === BYTE.zero) this.#at += 1;
    else this.#digits();
    if (bytes[this.#at] === BYTE.point) {
      this.#at += 1;
      this.#digits();
    }
    if (!isExponent(bytes[this.#at] ?? 0)) return;
    this.#at += 1;
    if (bytes[this.#at] === BYTE.plus || bytes[this.#at] === BYTE.minus) this.#at += 1;
    this.#digits();
  }

  #startsWith(word: Uint8Array): boolean {
    let i = 0;
    while (i < word.length && this.#bytes[this.#at + i] === word[i]) i += 1;
    return i === word.length;
  }

  #digits(): void {
    const bytes = this.#bytes;
    let at = this.#at;
    while (isDigit(bytes[at] ?? 0)) at += 1;
    if (at === this.#at) this.#fail();
    this.#at = at;
  }

  /** @returns where the text goes on after the escape whose letter stands at `at` */
  #escape(at: number): number {
    const letter = this.#bytes[at] ?? 0;
    if (ESCAPED.has(letter)) return at + 1;
    if (letter !== LETTER_U) this.#fail();
    for (let digit = at + 1; digit < at + 5; digit += 1) {
      if (!isHexDigit(this.#bytes[digit] ?? 0)) this.#fail();
    }
    return at + 5;
  }

  #fail(): never {
    throw new SyntaxError('This is not JSON.');
  }
}
