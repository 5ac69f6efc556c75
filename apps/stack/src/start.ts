import { fileURLToPath } from 'node:url';
import { Secret } from '#kernel';
import {
  type Config,
  createLogger,
  type Logger,
  loadConfig,
  type RawEnvironment,
  type Stoppable,
} from '#platform';
import { ServiceResources } from '#service';
import { announce } from './announce.js';
import { linkDemoConnection } from './demo/link-demo-connection.js';
import { giveWayToTheDoor } from './door/give-way.js';
import { EngineKeeper } from './engine-keeper.js';
import { localKeys } from './local-keys.js';
import { type Host, startApps } from './start-apps.js';
import { completeConfig, needsSandbox, sandboxSettings } from './stack-config.js';

const DIST = fileURLToPath(new URL('../../../', import.meta.url));

const startServices = async (config: Config, host: Host): Promise<Stoppable> => {
  const resources = await ServiceResources.open(config, 'stack');
  try {
    const apps = await startApps(resources, host);
    return {
      stop: async () => {
        try {
          await apps.stop();
        } finally {
          await resources.close();
        }
      },
    };
  } catch (error) {
    await resources.close();
    throw error;
  }
};

const giveUp = (logger: Logger) => (message: string) => {
  logger.fatal(message);
  process.exitCode = 1;
  process.kill(process.pid, 'SIGTERM');
};

/** Engines, services and, without credentials of a real provider, the sandbox bank with one demo connection. */
export const startStack = async (env: RawEnvironment): Promise<Stoppable> => {
  const settings = loadConfig(env, { app: 'stack', embedded: true });
  const logger = createLogger({ app: 'stack', level: settings.logLevel });
  const keys = await localKeys(settings.dataDir);
  const host = { logger, onGivenUp: giveUp(logger) };
  const withSandbox = needsSandbox(settings);
  const { ports } = settings;
  const keeper = await EngineKeeper.start({
    dataDir: settings.dataDir,
    dist: DIST,
    ports: {
      ...(settings.eventStoreUrl === null && { 'event-store': ports.embeddedEventStore }),
      ...(settings.natsUrl === null && { nats: ports.embeddedNats }),
      ...(settings.databaseUrl === null && { postgres: ports.embeddedDatabase }),
    },
    sandbox: withSandbox ? { port: ports.sandbox, settings: sandboxSettings(settings, keys) } : null,
    ...host,
  });
  try {
    const config = completeConfig(settings, keys, keeper.urls, keeper.sandboxUrl);
    const services = await startServices(config, host);
    giveWayToTheDoor(logger);
    const ready = await announce(config, keeper.sandboxUrl);
    if (withSandbox && env['PASSERELLE_DEMO'] !== 'off') {
      await linkDemoConnection(config.apiKey ?? new Secret(''), ready.gatewayUrl, logger);
    }
    return {
      stop: async () => {
        try {
          await ready.withdraw();
          await services.stop();
        } finally {
          await keeper.stop();
        }
      },
    };
  } catch (error) {
    await keeper.stop();
    throw error;
  }
};
