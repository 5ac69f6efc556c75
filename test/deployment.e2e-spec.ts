import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { type AppName, Environment, loadConfig } from '#platform';

/** What the files that run Passerelle in containers must say. No container engine is needed to check it. */
const ROOT = fileURLToPath(new URL('../', import.meta.url));
const text = (name: string): string => readFileSync(join(ROOT, name), 'utf8');

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const compose = parse(text('docker-compose.yml'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};

const ENGINES = ['kurrentdb', 'nats', 'postgres'];
/** The command line runs in the image of the apps when an operator calls it; it is no service. */
const NOT_DEPLOYED = ['stack', 'sandbox-bank', 'embedded-event-store', 'cli'];
const DOORS: Readonly<Record<string, string>> = { gateway: 'PORT', 'webhook-ingress': 'WEBHOOK_PORT' };
const PORT_OF: Readonly<Record<string, keyof Environment>> = {
  ...(DOORS as Record<string, keyof Environment>),
  connections: 'CONNECTIONS_PORT',
  sync: 'SYNC_APP_PORT',
  scheduler: 'SCHEDULER_PORT',
};

const services = Object.entries(compose.services);
const apps = readdirSync(join(ROOT, 'apps')).filter((app) => !NOT_DEPLOYED.includes(app));
const serviceOf = (name: string): Service => {
  const service = compose.services[name];
  if (!service) throw new Error(`docker-compose.yml has no service "${name}".`);
  return service;
};

/** `${NAME}`, `${NAME:-otherwise}` and `${NAME:?complaint}` as compose reads them. */
const VARIABLE = /\$\{(\w+)(?::([-?])([^}]*))?\}/g;
const interpolate = (value: string, env: Readonly<Record<string, string>>): string =>
  value.replace(VARIABLE, (_, name: string, operator: string | undefined, rest = '') => {
    if (env[name]) return env[name];
    if (operator === '?') throw new Error(`${name}: ${rest}`);
    return operator === '-' ? rest : '';
  });

const FILLED_IN = {
  POWENS_CLIENT_ID: '1',
  POWENS_CLIENT_SECRET: 'client-secret',
  POWENS_DOMAIN: 'acme-sandbox',
  POWENS_WEBHOOK_SECRET: 'webhook-secret',
  ENCRYPTION_KEY: `${'A'.repeat(43)}=`,
  PASSERELLE_API_KEY: 'api-key',
  PUBLIC_URL: 'https://passerelle.example',
  POSTGRES_PASSWORD: 'database-password',
};
const environmentOf = (app: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(serviceOf(app).environment ?? {}).map(([name, value]) => [
      name,
      interpolate(value, FILLED_IN),
    ]),
  );

/** Runs a script of the image and tells how it ended. */
const runScript = async (...args: string[]): Promise<{ status: number; output: string }> => {
  const cwd = mkdtempSync(join(tmpdir(), 'passerelle-deployment-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env: { PATH: '/usr/bin:/bin' } }, (error, stdout, stderr) =>
      resolve({ status: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
};

describe('docker-compose.yml', () => {
  it('has one service per app and per engine, and no other', () => {
    expect(new Set(Object.keys(compose.services))).toEqual(new Set([...apps, ...ENGINES]));
    for (const app of apps) expect(serviceOf(app)).toMatchObject({ build: '.', command: [app] });
  });

  it.each(services)('pins the image of %s', (_, { image }) => {
    expect(image).toMatch(/^[\w./-]+:\d+\.\d+(\.\d+)?(-[\w.]+)?$/);
  });

  it.each(apps)('asks %s for readiness on the port that it listens on', (app) => {
    const variable = PORT_OF[app] ?? 'PORT';
    const port = environmentOf(app)[variable];
    expect(port).toBe(String(new Environment()[variable]));
    const check = ['CMD', 'node', 'scripts/is-ready.mjs', `http://127.0.0.1:${port}/health/ready`];
    expect(serviceOf(app).healthcheck.test).toEqual(check);
    expect(environmentOf(app)).toMatchObject({ HOST: '0.0.0.0' });
  });

  it.each(apps)('gives %s an environment that it accepts, and nothing that nobody reads', (app) => {
    const env = environmentOf(app);
    expect(Object.keys(new Environment())).toEqual(expect.arrayContaining(Object.keys(env)));
    expect(() => loadConfig(env, { app: app as AppName, embedded: false })).not.toThrow();
  });

  it('gives the public door the log and the key that seals, and no other key or engine', () => {
    const names = Object.keys(environmentOf('webhook-ingress'));
    expect(names).toEqual(expect.arrayContaining(['EVENTSTORE_URL', 'ENCRYPTION_KEY']));
    for (const other of ['PASSERELLE_API_KEY', 'POWENS_CLIENT_SECRET', 'NATS_URL', 'DATABASE_URL']) {
      expect(names).not.toContain(other);
    }
  });

  it('starts every app after the engines are healthy', () => {
    const healthy = Object.fromEntries(ENGINES.map((name) => [name, { condition: 'service_healthy' }]));
    for (const app of apps) expect(serviceOf(app).depends_on).toMatchObject(healthy);
    const waitedFor = services.flatMap(([, { depends_on }]) => Object.keys(depends_on ?? {}));
    for (const name of waitedFor) expect(serviceOf(name).healthcheck.test[0]).toBe('CMD');
  });

  it('lets the outside reach the two doors only', () => {
    for (const [name, { ports = [] }] of services) {
      const door = DOORS[name];
      const inside = environmentOf(name)[door ?? ''];
      expect(ports).toEqual(door ? [`\${${door}:-${inside}}:${inside}`] : []);
    }
  });

  it('keeps what the engines store in declared volumes', () => {
    const mounted = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0]));
    expect(new Set(Object.keys(compose.volumes))).toEqual(new Set(mounted));
    for (const engine of ENGINES) expect(serviceOf(engine).volumes).not.toHaveLength(0);
  });

  it('asks for no value that .env.example does not name', () => {
    const asked = [...text('docker-compose.yml').matchAll(VARIABLE)].map(([, name = '']) => name);
    const known = [...Object.keys(new Environment()), 'POSTGRES_PASSWORD'];
    expect(known).toEqual(expect.arrayContaining(asked));
    const required = [...text('docker-compose.yml').matchAll(/\$\{(\w+):\?/g)].map(([, name = '']) => name);
    expect(Object.keys(parseEnv(text('.env.example')))).toEqual(expect.arrayContaining(required));
  });
});

describe('.env.example', () => {
  it('names variables that exist, also in its comments, and holds no value', () => {
    const lines = text('.env.example').matchAll(/^(?:# )?([A-Z][A-Z_]+)=(.*)$/gm);
    const known = [...Object.keys(new Environment()), 'POSTGRES_PASSWORD'];
    for (const [, name = ''] of lines) expect(known).toContain(name);
    expect(Object.values(parseEnv(text('.env.example'))).join('')).toBe('');
  });
});

describe('Dockerfile', () => {
  const stages = text('Dockerfile').split(/^FROM /m);
  const image = stages.at(-1) ?? '';

  it('pins its base and ends as an ordinary user with Node as process 1', () => {
    expect(text('Dockerfile')).toMatch(/^ARG NODE_IMAGE=node:\d+\.\d+-\S+$/m);
    expect(image).toMatch(/^USER node$/m);
    expect(image.indexOf('USER node')).toBeLessThan(image.indexOf('ENTRYPOINT ["node"'));
    expect(text('Dockerfile')).not.toMatch(/:latest|^ADD |--privileged/m);
  });

  it('brings production dependencies only, and no source', () => {
    expect(image).toContain('--from=dependencies /app/node_modules');
    expect(stages.find((stage) => stage.includes('AS dependencies'))).toContain('npm ci --omit=dev');
    expect(image).not.toMatch(/COPY (--from=build )?\S*(apps|libs|test)\b/);
  });

  it('copies only what .dockerignore lets in and what exists', () => {
    const rules = text('.dockerignore').split('\n');
    const letIn = rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1));
    expect(rules).toContain('*');
    for (const [, sources = ''] of text('Dockerfile').matchAll(/^COPY ((?!--from).*) \S+$/gm)) {
      for (const source of sources.split(' ')) {
        expect({ source, exists: existsSync(join(ROOT, source)) }).toEqual({ source, exists: true });
        expect(letIn).toContain(source.split('/')[0]);
      }
    }
  });
});

describe('the image’s entrance', () => {
  it.each(apps)('starts %s, which names the variables that it lacks', async (app) => {
    const { status, output } = await runScript(join(ROOT, 'scripts/run-app.mjs'), app);
    expect(output).toContain('EVENTSTORE_URL: is required');
    expect(status).toBe(1);
  });

  it.each([['nobody'], ['../apps/sync'], []])('refuses %s and says which apps there are', async (...name) => {
    const { status, output } = await runScript(join(ROOT, 'scripts/run-app.mjs'), ...name);
    expect(output).toContain('gateway');
    expect(status).toBe(2);
  });

  it('tells readiness from its absence', async () => {
    let status = 200;
    const server = createServer((_, answer) => answer.writeHead(status).end('{"nats":"down"}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/health/ready`;
    const check = async () => runScript(join(ROOT, 'scripts/is-ready.mjs'), url);
    expect(await check()).toEqual({ status: 0, output: '' });
    status = 503;
    expect(await check()).toEqual({ status: 1, output: '{"nats":"down"}\n' });
    await new Promise((resolve) => server.close(resolve));
    expect((await check()).status).toBe(1);
  });
});
