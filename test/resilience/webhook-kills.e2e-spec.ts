import { afterAll, beforeAll, expect, it } from 'vitest';
import { ReceivedEvents } from '../harness/index.js';
import { seededRandom } from '../soak/random.js';
import { expectActedOn } from './expect-acted-on.js';
import { SOON_TAKEN_OVER } from './moments.js';
import { type AppName, type Replica, Topology } from './topology.js';
import { type Kill, type Victim, WebhookStorm } from './webhook-storm.js';

const WEBHOOKS = 1_000;
/** Give the same seed again to repeat a failure. */
const SEED = Number(process.env['WEBHOOK_KILLS_SEED'] ?? Date.now() % 1_000_000);

let topology: Topology;
let received: ReceivedEvents;
const replicas = new Map<AppName, Replica>();

beforeAll(async () => {
  topology = await Topology.start({
    ...SOON_TAKEN_OVER,
    WEBHOOK_MIN_INTERVAL_SECONDS: '1',
    LOG_LEVEL: 'warn',
  });
  const apps: readonly AppName[] = ['sync', 'connections', 'webhook-ingress', 'gateway'];
  await Promise.all(apps.map(async (app) => replicas.set(app, await topology.launch(app))));
  received = new ReceivedEvents('*');
  await received.start(topology.engines.urls.natsUrl);
}, 180_000);

afterAll(async () => {
  await received?.stop();
  await topology?.dispose();
}, 90_000);

/** Each of them once, in any order and at any moment, and sync again: it does most. */
const someKills = (random: () => number): readonly Kill[] => {
  const victims: readonly Victim[] = ['webhook-ingress', 'event-store', 'nats', 'sync', 'sync'];
  return victims
    .map((victim) => ({ victim, order: random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ victim }, index, { length }) => ({
      at: Math.floor(((index + random()) / length) * (WEBHOOKS - 50)),
      afterMs: Math.floor(random() * 100),
      victims: [victim],
      downMs: Math.floor(random() * 1_500),
    }));
};

it(`loses no webhook that was answered, and acts on each, whoever is killed meanwhile (WEBHOOK_KILLS_SEED=${SEED})`, async () => {
  const random = seededRandom(SEED);
  const storm = new WebhookStorm({
    topology,
    replicas,
    random,
    webhooks: WEBHOOKS,
    kills: someKills(random),
  });
  try {
    await storm.run();
    await expectActedOn(storm, topology, received);
  } catch (error) {
    throw new Error(`WEBHOOK_KILLS_SEED=${SEED}: ${storm.summary()}; ${storm.story.join('; ')}`, {
      cause: error,
    });
  }
  expect(storm.story.length, 'kills and links').toBe(7);
  expect(storm.failures, 'attempts that met a killed door or log').toBeGreaterThan(0);
}, 300_000);
