import type { AppName } from './config.js';
import type { ConfigFault } from './config-error.js';
import { type Environment, NEW_FERNET_KEY, type VariableName } from './environment.js';

const LOG: readonly [VariableName, string] = ['EVENTSTORE_URL', 'kurrentdb://localhost:2113?tls=false'];
const ENGINES: readonly (readonly [VariableName, string])[] = [
  LOG,
  ['NATS_URL', 'nats://localhost:4222'],
  ['DATABASE_URL', 'postgresql://user:password@localhost:5432/passerelle'],
];

/** Who seals or opens: tokens, and at the public door the bodies of deliveries and registered webhook secrets. */
const USES_ENCRYPTION: readonly AppName[] = ['connections', 'sync', 'gateway', 'webhook-ingress', 'stack'];
/** It verifies, appends and answers: what it does not hold, nobody can take from it. */
const USES_LOG_ALONE: readonly AppName[] = ['webhook-ingress'];
const USES_API_KEY: readonly AppName[] = ['gateway', 'stack'];

const missingValues = (env: Environment, app: AppName): ConfigFault[] => {
  const engines = USES_LOG_ALONE.includes(app) ? [LOG] : ENGINES;
  const faults = engines
    .filter(([name]) => env[name] === undefined)
    .map(([variable, example]) => ({
      variable,
      problem: `is required, for example ${example}`,
    }));
  if (USES_ENCRYPTION.includes(app) && env.ENCRYPTION_KEY === undefined) {
    faults.push({ variable: 'ENCRYPTION_KEY', problem: `is required; make one with: ${NEW_FERNET_KEY}` });
  }
  if (USES_API_KEY.includes(app) && env.PASSERELLE_API_KEY === undefined) {
    faults.push({
      variable: 'PASSERELLE_API_KEY',
      problem: 'is required: the key of the HTTP API, a long random text',
    });
  }
  return faults;
};

/** Client id and client secret mean nothing alone. */
const halfPairs = (env: Environment): ConfigFault[] =>
  (['POWENS', 'TINK'] as const).flatMap((provider) => {
    const id = `${provider}_CLIENT_ID` as const;
    const secret = `${provider}_CLIENT_SECRET` as const;
    if ((env[id] === undefined) === (env[secret] === undefined)) return [];
    const [variable, other] = env[id] === undefined ? [id, secret] : [secret, id];
    return [{ variable, problem: `is required because ${other} is set` }];
  });

const powensWithoutRoot = (env: Environment): ConfigFault[] =>
  env.POWENS_CLIENT_ID === undefined || env.POWENS_DOMAIN !== undefined || env.POWENS_BASE_URL !== undefined
    ? []
    : [
        {
          variable: 'POWENS_DOMAIN',
          problem: 'is required because POWENS_CLIENT_ID is set (or set POWENS_BASE_URL)',
        },
      ];

/** In one process every door needs a port of its own. */
const sharedPorts = (env: Environment): ConfigFault[] => {
  const takenBy = new Map<number, string>();
  return Object.entries(env).flatMap(([variable, port]) => {
    if (!variable.endsWith('PORT') || typeof port !== 'number' || port === 0) return [];
    const other = takenBy.get(port);
    takenBy.set(port, variable);
    return other ? [{ variable, problem: `is ${port}, as is ${other}; give each a port of its own` }] : [];
  });
};

const repeatedTenantKeys = (env: Environment): ConfigFault[] => {
  const keys = (env.PASSERELLE_TENANT_API_KEYS?.split(',') ?? []).map((pair) =>
    pair.slice(pair.indexOf(':') + 1),
  );
  return new Set([...keys, env.PASSERELLE_API_KEY]).size === keys.length + 1
    ? []
    : [
        {
          variable: 'PASSERELLE_TENANT_API_KEYS',
          problem: 'contains a key twice, or the key of PASSERELLE_API_KEY',
        },
      ];
};

/** What is wrong between variables, or missing for this app. */
export const relationFaults = (
  env: Environment,
  { app, embedded }: { readonly app: AppName; readonly embedded: boolean },
): ConfigFault[] => [
  ...(embedded ? sharedPorts(env) : missingValues(env, app)),
  ...halfPairs(env),
  ...powensWithoutRoot(env),
  ...repeatedTenantKeys(env),
];
