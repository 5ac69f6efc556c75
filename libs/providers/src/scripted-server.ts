import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  /** Path with its query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Cuts the connection instead of answering. */
  readonly cut?: boolean;
}

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString();
};

/** A loopback HTTP server that answers as told and remembers what it was asked. For specs of adapters. */
export const startScriptedServer = async (answer: (request: SeenRequest, nth: number) => ScriptedAnswer) => {
  const requests: SeenRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    void textOf(incoming).then((body) => {
      const request = {
        method: incoming.method ?? '',
        url: incoming.url ?? '',
        headers: incoming.headers,
        body,
      };
      requests.push(request);
      const { status = 200, headers = {}, body: said = {}, cut = false } = answer(request, requests.length);
      if (cut) return incoming.socket.destroy();
      outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
      return outgoing.end(typeof said === 'string' ? said : JSON.stringify(said));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
};

export type ScriptedServer = Awaited<ReturnType<typeof startScriptedServer>>;
