import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger, loadConfig } from '#platform';
import { DoorKeeper } from './door-keeper.js';

const config = loadConfig(
  { EVENTSTORE_URL: 'kurrentdb://127.0.0.1:1?tls=false', ENCRYPTION_KEY: `${'A'.repeat(43)}=` },
  { app: 'webhook-ingress', embedded: false },
);

/** A thread in place of the door. */
const threadOf = (script: string): URL => new URL(`data:text/javascript,${encodeURIComponent(script)}`);

/** Crashes once, just after its first start in this folder; says in a file that it closed. */
const doorIn = (folder: string): URL =>
  threadOf(`
    import { existsSync, writeFileSync } from 'node:fs';
    import { parentPort } from 'node:worker_threads';
    const [opened, closed] = ['/opened', '/closed'].map((name) => ${JSON.stringify(folder)} + name);
    parentPort.once('message', () => setTimeout(() => (writeFileSync(closed, ''), process.exit(0)), 20));
    if (!existsSync(opened)) setTimeout(() => { throw new Error('It rained in.'); }, 5);
    writeFileSync(opened, '');
    parentPort.postMessage('ready');
  `);

describe('the keeper of the webhook door', () => {
  let folder: string;
  let lines: string[];
  let givenUp: string[];

  const start = (entry: URL): Promise<DoorKeeper> => {
    const logger = createLogger({ app: 'stack', destination: { write: (line) => void lines.push(line) } });
    return DoorKeeper.start({ config, logger, onGivenUp: (text) => givenUp.push(text), entry });
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'passerelle-door-'));
    [lines, givenUp] = [[], []];
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('opens it again after a crash, says so, and lets it close in its own time', async () => {
    const keeper = await start(doorIn(folder));
    await vi.waitFor(() => expect(lines).toHaveLength(2), { timeout: 10_000 });
    await keeper.stop();
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      'The webhook door crashed: It rained in.',
      'The webhook door is open again.',
    ]);
    expect(existsSync(join(folder, 'closed'))).toBe(true);
    expect(givenUp).toEqual([]);
  });

  it('does not start without it, and says why', async () => {
    const refusing = threadOf(
      `throw Object.assign(new Error('Port 3001 is taken.'), { name: 'PortTaken' });`,
    );
    await expect(start(refusing)).rejects.toMatchObject({
      name: 'PortTaken',
      message: 'Port 3001 is taken.',
    });
  });
});
