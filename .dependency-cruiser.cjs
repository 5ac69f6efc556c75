/** The directions of the house: who may import whom. A violation is a red build. */
const specs = '[.](int-|e2e-|contract-|soak-)?spec[.]ts$';
const lib = (name) => `^libs/${name}/`;
const only = (name, allowed) => ({
  name: `${name}-imports-only-${allowed.join('-') || 'nothing'}`,
  severity: 'error',
  from: { path: lib(name), pathNot: [specs, `^libs/${name}/test/`] },
  to: { path: '^(libs|apps)/', pathNot: [name, ...allowed].map(lib) },
});
const packageOnlyIn = (name, packages, where) => ({
  name,
  severity: 'error',
  from: { path: '^(apps|libs)/', pathNot: [...where, specs] },
  to: { path: packages },
});

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        path: '^(apps|libs)/',
        pathNot: ['main[.]ts$', 'global-setup[.]ts$', '[.]d[.]ts$', specs],
      },
      to: {},
    },
    only('kernel', []),
    only('domain', ['kernel']),
    only('contracts', ['kernel']),
    only('vault', ['kernel']),
    only('event-store', ['kernel']),
    only('read-model', ['kernel']),
    only('messaging', ['kernel', 'contracts']),
    only('providers', ['kernel', 'domain']),
    only('client', ['contracts']),
    only('platform', ['kernel']),
    only('engines', ['kernel']),
    only('service', [
      'kernel',
      'domain',
      'event-store',
      'messaging',
      'read-model',
      'providers',
      'platform',
      'vault',
    ]),
    {
      name: 'pure-libs-use-no-package-and-no-node',
      severity: 'error',
      from: { path: '^libs/(kernel|domain)/', pathNot: specs },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'core'] },
    },
    {
      name: 'a-lib-is-entered-by-its-index',
      severity: 'error',
      from: { path: '^(apps|libs|test|bench|examples)/([^/]+)/' },
      to: { path: '^libs/([^/]+)/src/', pathNot: ['^libs/$2/', '^libs/[^/]+/src/index[.]ts$'] },
    },
    {
      name: 'no-app-to-app',
      comment:
        'The stack alone composes the start functions of the other apps; the command line fills their read models anew.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: ['^apps/stack/', '^apps/cli/src/rebuild/'] },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'no-slice-to-slice',
      comment: 'A slice is one verb; what two slices share belongs into the app root or a lib.',
      severity: 'error',
      from: { path: '^apps/(connections|sync|scheduler|gateway|cli)/src/([^/]+)/', pathNot: specs },
      to: { path: '^apps/$1/src/([^/]+)/', pathNot: '^apps/$1/src/$2/' },
    },
    {
      name: 'no-decider-to-decider',
      severity: 'error',
      from: { path: '^libs/domain/src/(connection|sync|ledger|delivery|webhook-keys)/' },
      to: {
        path: '^libs/domain/src/(connection|sync|ledger|delivery|webhook-keys)/',
        pathNot: '^libs/domain/src/$1/',
      },
    },
    {
      name: 'no-adapter-to-adapter',
      severity: 'error',
      from: { path: '^libs/providers/src/(powens|tink)/' },
      to: { path: '^libs/providers/src/(powens|tink)/', pathNot: '^libs/providers/src/$1/' },
    },
    {
      name: 'testing-is-for-specs',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [specs, '^libs/testing/'] },
      to: { path: '^libs/testing/' },
    },
    packageOnlyIn('grpc-only-at-the-event-store', 'node_modules/(@kurrent|@grpc)/', [
      '^libs/event-store/',
      '^apps/embedded-event-store/',
    ]),
    packageOnlyIn('nats-only-in-messaging-and-client', 'node_modules/@nats-io/', [
      '^libs/messaging/',
      '^libs/client/',
    ]),
    packageOnlyIn('pg-only-in-read-model', 'node_modules/pg/', ['^libs/read-model/']),
    packageOnlyIn('sqlite-only-where-a-server-stores', 'node_modules/libsql/', [
      '^apps/embedded-event-store/',
      '^apps/sandbox-bank/',
    ]),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'require', 'node', 'default', 'types'],
    },
  },
};
