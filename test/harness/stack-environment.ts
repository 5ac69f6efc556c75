import { freePorts } from './free-ports.js';

/** The ports of one stack, by the variable that sets each. */
export const PORT_VARIABLES = [
  'PORT',
  'WEBHOOK_PORT',
  'CONNECTIONS_PORT',
  'SYNC_APP_PORT',
  'SCHEDULER_PORT',
  'SANDBOX_PORT',
  'EMBEDDED_EVENTSTORE_PORT',
  'EMBEDDED_NATS_PORT',
  'EMBEDDED_DATABASE_PORT',
] as const;
export type Ports = Readonly<Record<(typeof PORT_VARIABLES)[number], number>>;

export const choosePorts = async (): Promise<Ports> => {
  const free = await freePorts(PORT_VARIABLES.length);
  return Object.fromEntries(PORT_VARIABLES.map((name, index) => [name, free[index]])) as Ports;
};

/** Engines of somebody else's; one that is not named is embedded. */
export interface ExternalEngines {
  readonly eventStoreUrl?: string;
  readonly natsUrl?: string;
  readonly databaseUrl?: string;
}

/** What of our own environment a child needs; anything else would make a test depend on who runs it. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'USER'] as const;

export const inherited = (): Record<string, string> =>
  Object.fromEntries(
    INHERITED.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

export const stackEnvironment = (
  dataDir: string,
  ports: Ports,
  { eventStoreUrl, natsUrl, databaseUrl }: ExternalEngines,
): Record<string, string> => ({
  ...inherited(),
  ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
  PASSERELLE_DATA_DIR: dataDir,
  PUBLIC_URL: `http://localhost:${ports.PORT}`,
  PASSERELLE_DEMO: 'off',
  WEBHOOK_MIN_INTERVAL_SECONDS: '1',
  ...(eventStoreUrl !== undefined && { EVENTSTORE_URL: eventStoreUrl }),
  ...(natsUrl !== undefined && { NATS_URL: natsUrl }),
  ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
});
