import { type AppName, loadConfig, runMain, type Stoppable } from '#platform';
import { ServiceResources } from './service-resources.js';

/** Runs one service as its own process against external engines: opens them, starts it, and closes them after it. */
export const runService = (
  app: AppName,
  start: (resources: ServiceResources) => Promise<Stoppable>,
): Promise<void> =>
  runMain(async (env) => {
    const resources = await ServiceResources.open(loadConfig(env, { app, embedded: false }), app);
    try {
      const running = await start(resources);
      return {
        stop: async () => {
          await running.stop();
          await resources.close();
        },
      };
    } catch (error) {
      await resources.close();
      throw error;
    }
  });
