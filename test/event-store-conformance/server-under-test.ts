import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KurrentDBClient } from '@kurrent/kurrentdb-client';
import { afterAll, beforeAll } from 'vitest';
import { startNode, stopNode, urlOf, type EmbeddedNode } from './embedded-node.js';

/** The server that the specs of one file talk to. */
export interface ServerUnderTest {
  client: KurrentDBClient;
  url: string;
  /** Begins every stream of this run, so that the specs may run on a shared server. Contains no `-`. */
  readonly run: string;
  /** A fresh stream name, of a category of its own for each `what`: `<run>_<what>-<n>`. */
  stream(what?: string): string;
}

/**
 * The server at `CONFORMANCE_URL`, or an embedded node started for this file. Where the two differ, the real server is
 * right.
 */
export const serverUnderTest = (): ServerUnderTest => {
  const run = `conformance${randomBytes(5).toString('hex')}`;
  let node: EmbeddedNode | undefined;
  let folder: string | undefined;
  let count = 0;
  const server: Partial<ServerUnderTest> & Pick<ServerUnderTest, 'run' | 'stream'> = {
    run,
    stream: (what = 'stream') => `${run}_${what}-${++count}`,
  };
  beforeAll(async () => {
    server.url = process.env.CONFORMANCE_URL;
    if (server.url === undefined) {
      folder = mkdtempSync(join(tmpdir(), 'event-store-conformance-'));
      node = await startNode(folder);
      server.url = urlOf(node.port);
    }
    server.client = KurrentDBClient.connectionString(server.url);
  });
  afterAll(async () => {
    await server.client?.dispose();
    if (node !== undefined) await stopNode(node);
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });
  return server as ServerUnderTest;
};
