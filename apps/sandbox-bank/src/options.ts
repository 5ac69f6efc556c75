import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { toInstant } from './clock/paris-instant.js';
import { parseScenario } from './scenario/read-scenario.js';
import type { Scenario } from './scenario/scenario.js';
import { DEFAULT_SETTINGS, type Settings } from './settings.js';

export interface SandboxOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly dataDir: string;
  /** What the banks' contents are derived from. */
  readonly seed: string;
  readonly settings: Partial<Settings>;
  /** The clock is frozen at this instant; without it the data directory's clock goes on, or the machine's. */
  readonly clockMs?: number;
  /** Added to every first id, so that banks of one client never use the same ids. */
  readonly idsAfter?: number;
  /** To be loaded at the start; one that the data directory knows already goes on where it stands. */
  readonly scenarios?: readonly Scenario[];
}

export interface CommandLine extends SandboxOptions {
  /** Ends the server when the parent closes our stdin: no orphan survives a parent that was killed. */
  readonly stopWithStdin: boolean;
}

const instantOf = (text: string): number => {
  const instant = toInstant(text);
  if (instant === undefined) throw new Error(`--clock ${text} is no date and time.`);
  return instant;
};

const scenarioIn = (file: string): Scenario => {
  try {
    return parseScenario(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`--scenario ${file}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
};

const portOf = (text: string): number => {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`--port ${text} is no port.`);
  return port;
};

const idOf = (text: string): number => {
  const id = Number(text);
  if (!Number.isSafeInteger(id) || id < 0) throw new Error(`--ids-after ${text} is no id.`);
  return id;
};

/** Reads the command line; throws with one sentence when it cannot be followed. */
export const parseCommandLine = (args: readonly string[]): CommandLine => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '3002' },
      'data-dir': { type: 'string', default: '.passerelle/sandbox-bank' },
      'client-id': { type: 'string', default: DEFAULT_SETTINGS.clientId },
      'client-secret': { type: 'string', default: DEFAULT_SETTINGS.clientSecret },
      'webhook-url': { type: 'string' },
      'webhook-secret': { type: 'string' },
      'redirect-uri': { type: 'string', multiple: true },
      'flush-every-ms': { type: 'string', default: String(DEFAULT_SETTINGS.flushEveryMs) },
      'stop-with-stdin': { type: 'boolean', default: false },
      seed: { type: 'string', default: 'passerelle' },
      clock: { type: 'string' },
      'ids-after': { type: 'string', default: '0' },
      scenario: { type: 'string', multiple: true },
    },
  });
  return {
    port: portOf(values.port),
    dataDir: values['data-dir'],
    seed: values.seed,
    stopWithStdin: values['stop-with-stdin'],
    idsAfter: idOf(values['ids-after']),
    scenarios: (values.scenario ?? []).map(scenarioIn),
    ...(values.clock !== undefined && { clockMs: instantOf(values.clock) }),
    settings: {
      clientId: values['client-id'],
      clientSecret: values['client-secret'],
      webhookUrl: values['webhook-url'] ?? null,
      webhookSecret: values['webhook-secret'] ?? null,
      redirectUris: values['redirect-uri'] ?? DEFAULT_SETTINGS.redirectUris,
      flushEveryMs: Number(values['flush-every-ms']) || DEFAULT_SETTINGS.flushEveryMs,
    },
  };
};
