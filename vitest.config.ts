import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { testFolder } from './libs/testing/src/test-folder.js';

const project = (name: string, include: string[], extra: object = {}) => ({
  extends: true as const,
  test: { name, include, ...extra },
});

/** Tests wait more than they compute. Each worker has engines of its own. */
const maxWorkers = Math.min(Math.max(availableParallelism(), 2), 4);

const inMemory = { TMPDIR: testFolder() };

/** Engines are started once per run by the global set-up and shared by the specs that one worker runs after another. */
const onEngines = {
  globalSetup: ['./libs/testing/src/engines.global-setup.ts'],
  testTimeout: 30_000,
  hookTimeout: 60_000,
  env: inMemory,
};

/** Makes `#kernel` and the like mean the sources, so that no spec needs a build. */
const conditions = ['source'];

export default defineConfig({
  ssr: { resolve: { conditions } },
  // Global set-up files are resolved in an environment of their own.
  environments: { __vitest__: { resolve: { conditions } } },
  test: {
    maxWorkers,
    projects: [
      // They share what they import: pure as they are, two thirds of their time went into loading it for each file anew.
      project('unit', ['{apps,libs}/**/*.spec.ts'], { isolate: false, testTimeout: 20_000 }),
      project('int', ['{apps,libs}/**/*.int-spec.ts'], onEngines),
      project('e2e', ['{apps,test}/**/*.e2e-spec.ts'], {
        ...onEngines,
        testTimeout: 120_000,
        hookTimeout: 180_000,
      }),
      project('soak', ['test/**/*.soak-spec.ts'], {
        ...onEngines,
        testTimeout: 3_600_000,
        fileParallelism: false,
      }),
    ],
  },
});
