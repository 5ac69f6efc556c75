import { setFlagsFromString } from 'node:v8';
import { Bank } from './bank/bank.js';
import { openSeededAccounts } from './bank/seeded-accounts.js';
import { MannersBook } from './aggregator/manners-book.js';
import { SyncQueue } from './aggregator/sync-queue.js';
import { syncConnection } from './aggregator/sync-connection.js';
import { WithheldWebhooks } from './aggregator/withheld-webhooks.js';
import { Chance } from './clock/chance.js';
import { connectionSources } from './clock/due-sources.js';
import { Timeline } from './clock/timeline.js';
import { VirtualClock } from './clock/virtual-clock.js';
import { Faults } from './control/faults.js';
import { RequestLog } from './control/request-log.js';
import { parseCommandLine, type CommandLine, type SandboxOptions } from './options.js';
import type { Sandbox } from './sandbox.js';
import { buildServer } from './server.js';
import { DEFAULT_SETTINGS } from './settings.js';
import { BadScenario } from './scenario/read-scenario.js';
import { ScenarioBook } from './scenario/scenario-book.js';
import { Store } from './store.js';
import { parisTimestamp } from './timestamps.js';
import { Visits } from './webview/visits.js';
import { WebhookOutbox } from './webhooks/webhook-outbox.js';

const PORT_TAKEN = 98;
const WRONG_USAGE = 2;
/** A simulator shares a laptop with everything else: little memory rather than the last bit of speed. */
const LEAN = ['--max-semi-space-size=2', '--optimize-for-size'];

export interface RunningSandboxBank {
  readonly port: number;
  /** `http://127.0.0.1:<port>`: base of the hosted pages; the API is below `/2.0`, the control API below `/sandbox`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Opens the data directory, listens on 127.0.0.1 and resumes the syncs and webhooks that were waiting. */
export const startSandboxBank = async (options: SandboxOptions): Promise<RunningSandboxBank> => {
  const settings = { ...DEFAULT_SETTINGS, ...options.settings };
  const store = new Store(options.dataDir, options.idsAfter);
  const clock = new VirtualClock(store);
  const { now } = clock;
  if (options.clockMs !== undefined) clock.set(options.clockMs, 'frozen');
  const outbox = new WebhookOutbox(store, settings, now);
  const manners = new MannersBook(store, settings);
  const webhooks = new WithheldWebhooks({ store, settings, manners, now, outbox });
  const syncs = new SyncQueue();
  const bank = new Bank(store, options.seed);
  const sandbox: Sandbox = {
    store,
    bank,
    settings,
    manners,
    clock,
    now,
    chance: new Chance(store, clock, options.seed),
    outbox: webhooks,
    syncs,
    faults: new Faults(now),
    requests: new RequestLog(),
    visits: new Visits(),
  };
  const scenarios = new ScenarioBook(sandbox);
  const time = connectionSources(sandbox);
  const timeline = new Timeline(clock, [
    time.consents,
    time.heals,
    time.rests,
    scenarios.due,
    time.asked,
    time.daily,
    webhooks.due,
  ]);
  openSeededAccounts(bank, parisTimestamp(now()).slice(0, 10));
  const app = await buildServer({ sandbox, outbox, timeline, scenarios });
  const stop = async (): Promise<void> => {
    syncs.stop();
    outbox.stop();
    await app.close();
    store.close();
  };
  try {
    for (const scenario of options.scenarios ?? [])
      if (scenarios.list().every(({ name }) => name !== scenario.name)) scenarios.load(scenario);
    await app.listen({ host: '127.0.0.1', port: options.port });
  } catch (error) {
    await stop();
    throw error;
  }
  syncs.start(sandbox, (connectionId) => syncConnection(sandbox, connectionId));
  outbox.start(() => {
    if (!clock.isFrozen) timeline.runUntil(now());
  });
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return { port, url: `http://127.0.0.1:${port}`, stop };
};

const failed = (message: string, exitCode: number): void => {
  process.stderr.write(`sandbox-bank: ${message}\n`);
  process.exitCode = exitCode;
};

/** The program: one JSON line when ready, 98 when the port is taken, 0 after SIGTERM. */
export const runSandboxBank = async (args: readonly string[]): Promise<void> => {
  for (const flag of LEAN) setFlagsFromString(flag);
  const options = commandLineOf(args);
  if (!options) return;
  try {
    const running = await startSandboxBank(options);
    const end = (): void => {
      void running.stop().then(() => process.exit(0));
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, end);
    if (options.stopWithStdin) process.stdin.once('end', end).once('close', end).resume();
    process.stdout.write(`${JSON.stringify({ event: 'ready', port: running.port })}\n`);
  } catch (error) {
    if (error instanceof BadScenario) return failed(error.message, WRONG_USAGE);
    if ((error as { code?: string }).code !== 'EADDRINUSE') throw error;
    failed(`port ${options.port} of 127.0.0.1 is taken (SANDBOX_PORT).`, PORT_TAKEN);
  }
};

const commandLineOf = (args: readonly string[]): CommandLine | undefined => {
  try {
    return parseCommandLine(args);
  } catch (error) {
    failed(error instanceof Error ? error.message : String(error), WRONG_USAGE);
    return undefined;
  }
};
