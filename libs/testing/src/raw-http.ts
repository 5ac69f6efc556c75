import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One answer as it stood on the wire. */
export interface RawAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface AnswerOptions {
  /** Default 20 s. */
  readonly withinMs?: number;
  /** It is the answer to a HEAD request: a length, and no body. */
  readonly toHead?: boolean;
}

const HEAD_END = '\r\n\r\n';
const LAST_CHUNK = '0\r\n\r\n';

const headersOf = (lines: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );

/** A connection on which one may say what no HTTP client would. */
export class RawConnection {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #isClosed = false;
  #news: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    // A reset is a way to close.
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#news?.();
    });
    socket.on('close', () => {
      this.#isClosed = true;
      this.#news?.();
    });
  }

  static async open(port: number, host = '127.0.0.1'): Promise<RawConnection> {
    const socket = connect({ port, host, noDelay: true });
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Bytes that wait here because the other side does not read. */
  get unsent(): number {
    return this.#socket.writableLength;
  }

  /** Resolves when the bytes have left this process or never will. */
  async write(bytes: string | Uint8Array): Promise<void> {
    if (this.#isClosed) return;
    await new Promise<void>((resolve) => {
      this.#socket.write(bytes, () => resolve());
    });
  }

  /** The next answer, interim ones (1xx) included; `null`: the connection was closed without one. */
  async answer({ withinMs = 20_000, toHead = false }: AnswerOptions = {}): Promise<RawAnswer | null> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const answer = this.#take(toHead);
      if (answer) return answer;
      if (this.#isClosed) return null;
      const leftMs = deadline - Date.now();
      if (leftMs <= 0) throw new Error(`There was no answer within ${withinMs} ms.`);
      await this.#change(leftMs);
    }
  }

  /** Resolves when the other side has closed. */
  async closed(withinMs = 20_000): Promise<void> {
    const deadline = Date.now() + withinMs;
    while (!this.#isClosed) {
      const leftMs = deadline - Date.now();
      if (leftMs <= 0) throw new Error(`The connection was not closed within ${withinMs} ms.`);
      await this.#change(leftMs);
    }
  }

  /** Ends our side only. */
  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  async #change(withinMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#news = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #take(toHead: boolean): RawAnswer | undefined {
    const text = this.#received.toString('latin1');
    const headEnd = text.indexOf(HEAD_END);
    if (headEnd === -1) return undefined;
    const [first = '', ...lines] = text.slice(0, headEnd).split('\r\n');
    const headers = headersOf(lines);
    const from = headEnd + HEAD_END.length;
    const status = Number(first.split(' ')[1]);
    const to = toHead || status < 200 || status === 204 ? from : this.#bodyEnd(headers, text, from);
    if (to === undefined || this.#received.byteLength < to) return undefined;
    const body = this.#received.subarray(from, to).toString();
    this.#received = this.#received.subarray(to);
    return { status, headers, body };
  }

  #bodyEnd(headers: RawAnswer['headers'], text: string, from: number): number | undefined {
    const length = headers['content-length'];
    if (length !== undefined) return from + Number(length);
    const last = text.indexOf(LAST_CHUNK, from);
    if (headers['transfer-encoding'] === 'chunked') return last === -1 ? undefined : last + LAST_CHUNK.length;
    return this.#isClosed ? this.#received.byteLength : undefined;
  }
}

/** One request as it is to stand on the wire, on a connection of its own. */
export const rawCall = async (port: number, bytes: string | Uint8Array): Promise<RawAnswer | null> => {
  const connection = await RawConnection.open(port);
  void connection.write(bytes);
  try {
    return await connection.answer();
  } finally {
    connection.destroy();
  }
};
