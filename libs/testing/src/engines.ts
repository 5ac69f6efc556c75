import { inject } from 'vitest';

/** Where the engines of this test run listen, and what is wrong with one that could not be started. */
export interface ProvidedEngines {
  readonly eventStoreUrl: string | null;
  readonly natsUrl: string | null;
  readonly databaseUrl: string | null;
  /** Why a URL is `null`. */
  readonly problem: string | null;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** One set for each worker that may run at the same time. */
    engines: readonly ProvidedEngines[];
  }
}

export interface EngineUrls {
  readonly eventStoreUrl: string;
  readonly natsUrl: string;
  readonly databaseUrl: string;
}

/** Workers that run at the same time have different numbers; a new one takes over the number of one that has ended. */
const workerNumber = (): number => Number(process.env['VITEST_POOL_ID']);

/**
 * The engines that `engines.global-setup.ts` started for this run: real servers, shared by all specs of the project that
 * this worker and its successors run one after another, so use fresh ids and leave nothing that others could trip over.
 * Asking for one that is not there throws with the reason.
 */
export const engineUrls = (): EngineUrls => {
  const engines = inject('engines')[workerNumber() - 1];
  if (!engines) throw new Error(`There are no engines for worker ${workerNumber()}.`);
  const demand = (name: keyof EngineUrls): string => {
    const url = engines[name];
    if (url === null) throw new Error(`${name}: ${engines.problem ?? 'not started for this run'}`);
    return url;
  };
  return {
    get eventStoreUrl() {
      return demand('eventStoreUrl');
    },
    get natsUrl() {
      return demand('natsUrl');
    },
    get databaseUrl() {
      return demand('databaseUrl');
    },
  };
};
