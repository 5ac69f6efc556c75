import { afterAll, beforeAll, expect, it } from 'vitest';
import { SettableClock } from './harness/settable-clock.js';
import { ClockedServices } from './harness/clocked-services.js';
import { backwards, type FinalState, inOrder, jumbled, Telling } from './harness/telling.js';
import { seededRandom } from './soak/random.js';

/** Give the same seed again to repeat a failure. */
const SEED = Number(process.env['WEBHOOK_ORDER_SEED'] ?? Date.now() % 1_000_000);
const ORDERS = Number(process.env['WEBHOOK_ORDERS'] ?? 3);
const DAY_MS = 86_400_000;
/** Links live by the bank's real clock, so the services' days begin in the past. */
const BEGIN = new Date(Date.now() - 80 * DAY_MS).toISOString();

const clock = new SettableClock(BEGIN);
let services: ClockedServices;
let ordered: FinalState;

const tell = async (order: Parameters<Telling['tell']>[0]): Promise<FinalState> => {
  clock.set(BEGIN);
  return new Telling(services, clock).tell(order);
};

beforeAll(async () => {
  services = await ClockedServices.start(clock, { SYNC_DEADLINE_SECONDS: '86400' });
  await services.sandbox.configure({ webhooksPaused: true });
  ordered = await tell(inOrder);
}, 180_000);
afterAll(async () => services?.dispose(), 60_000);

it('ends as the banks are, told in order', () => {
  expect(ordered).toMatchObject({
    'rows come, change and go': { connection: { status: 'active', lastSyncStatus: 'success' } },
    'an error passes': { connection: { status: 'active', statusReason: null, lastSyncStatus: 'success' } },
    'another account is found and shared': {
      connection: {
        status: 'active',
        accounts: [{}, { name: 'Compte courant', status: 'ignored' }, { status: 'tracked' }, {}],
      },
    },
    'the connection is deleted at the provider': { connection: { status: 'disconnected' } },
    'the connection is linked anew': { connection: { status: 'active', lastSyncStatus: 'success' } },
  });
});

it('ends the same told backwards, twice and days late', async () => {
  expect(await tell(backwards)).toEqual(ordered);
}, 180_000);

it.each(Array.from({ length: ORDERS }, (_, index) => SEED + index))(
  'ends the same told in another order, repeatedly and days late (WEBHOOK_ORDER_SEED=%i)',
  async (seed) => {
    expect(await tell(jumbled(seededRandom(seed)))).toEqual(ordered);
  },
  180_000,
);
