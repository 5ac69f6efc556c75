import { afterAll, beforeAll, expect, it } from 'vitest';
import { ReceivedEvents } from '../harness/index.js';
import { expectActedOn } from '../resilience/expect-acted-on.js';
import { type AppName, type Replica, Topology } from '../resilience/topology.js';
import { type Kill, type Victim, WebhookStorm } from '../resilience/webhook-storm.js';
import { seededRandom } from './random.js';

const numberFrom = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

/** How many rounds, and what all their choices follow from: give both again to repeat a failure. */
const ROUNDS = numberFrom('SOAK_ROUNDS', 20);
const SEED = numberFrom('SOAK_SEED', Date.now() % 1_000_000);
const WEBHOOKS = numberFrom('SOAK_WEBHOOKS', 2_000);
const KILLS = 12;

const VICTIMS: readonly Victim[] = ['webhook-ingress', 'event-store', 'nats', 'sync', 'postgres'];

const random = seededRandom(SEED);

let topology: Topology;
let received: ReceivedEvents;
const replicas = new Map<AppName, Replica>();

beforeAll(async () => {
  topology = await Topology.start({ WEBHOOK_MIN_INTERVAL_SECONDS: '1', LOG_LEVEL: 'warn' });
  const apps: readonly AppName[] = ['sync', 'connections', 'webhook-ingress', 'gateway'];
  await Promise.all(apps.map(async (app) => replicas.set(app, await topology.launch(app))));
  received = new ReceivedEvents('*');
  await received.start(topology.engines.urls.natsUrl);
}, 180_000);

afterAll(async () => {
  await received?.stop();
  await topology?.dispose();
}, 90_000);

/** At any moment, sometimes two at once. */
const someKills = (): readonly Kill[] =>
  Array.from({ length: KILLS }, (_, index) => {
    const chosen = VICTIMS.map((victim) => ({ victim, order: random() }))
      .toSorted((a, b) => a.order - b.order)
      .map(({ victim }) => victim);
    return {
      at: Math.floor(((index + random()) / KILLS) * WEBHOOKS),
      afterMs: Math.floor(random() * 100),
      victims: chosen.slice(0, random() < 0.3 ? 2 : 1),
      downMs: Math.floor(random() * 4_000),
    };
  });

it(`loses no answered webhook in ${ROUNDS} rounds of random kills (SOAK_SEED=${SEED})`, async () => {
  for (let round = 1; round <= ROUNDS; round++) {
    const kills = someKills();
    const storm = new WebhookStorm({ topology, replicas, random, webhooks: WEBHOOKS, kills });
    try {
      await storm.run();
      await expectActedOn(storm, topology, received);
    } catch (error) {
      const where = `SOAK_SEED=${SEED}, round ${round} of ${ROUNDS}`;
      throw new Error(`${where}: ${storm.summary()}; ${storm.story.join('; ')}`, { cause: error });
    }
    expect(storm.story.length, 'kills and links').toBeGreaterThan(KILLS);
    expect(storm.failures, 'attempts that met a killed door or log').toBeGreaterThan(0);
  }
});
