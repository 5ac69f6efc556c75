import { defineConfig } from 'vitest/config';

const project = (name: string, include: string[], extra: object = {}) => ({
  extends: true as const,
  test: { name, include, ...extra },
});

/** Engines are started once per run by the global set-up and shared by every spec that needs them. */
const onEngines = {
  globalSetup: ['./libs/testing/src/engines.global-setup.ts'],
  testTimeout: 30_000,
  hookTimeout: 60_000,
};

/** Makes `#kernel` and the like mean the sources, so that no spec needs a build. */
const conditions = ['source'];

export default defineConfig({
  ssr: { resolve: { conditions } },
  // Global set-up files are resolved in an environment of their own.
  environments: { __vitest__: { resolve: { conditions } } },
  test: {
    projects: [
      project('unit', ['{apps,libs}/**/*.spec.ts']),
      project('int', ['{apps,libs}/**/*.int-spec.ts'], onEngines),
      project('e2e', ['{apps,test}/**/*.e2e-spec.ts'], {
        ...onEngines,
        testTimeout: 120_000,
        fileParallelism: false,
      }),
      project('soak', ['test/**/*.soak-spec.ts'], {
        ...onEngines,
        testTimeout: 3_600_000,
        fileParallelism: false,
      }),
    ],
  },
});
