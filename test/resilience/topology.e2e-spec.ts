import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  eventually,
  freePorts,
  freshIban,
  openLinkAndImport,
  ReceivedEvents,
  syncNow,
} from '../harness/index.js';
import { expectWhole } from './expect-whole.js';
import { expectGreen } from './health.js';
import { SOON_TAKEN_OVER } from './moments.js';
import { type Replica, Topology } from './topology.js';

let topology: Topology;
let received: ReceivedEvents;
let leader: Replica;
let follower: Replica;

beforeAll(async () => {
  topology = await Topology.start(SOON_TAKEN_OVER);
  leader = await topology.launch('sync');
  const [port] = await freePorts(1);
  [follower] = await Promise.all([
    topology.launch('sync', port),
    topology.launch('connections'),
    topology.launch('webhook-ingress'),
    topology.launch('scheduler'),
    topology.launch('gateway'),
  ]);
  received = new ReceivedEvents('*');
  await received.start(topology.engines.urls.natsUrl);
}, 180_000);

afterAll(async () => {
  await received?.stop();
  await topology?.dispose();
}, 90_000);

/** Runs that the process says it ended. */
const runsEndedBy = ({ program }: Replica): number => program.output().split(' of run ').length - 1;

/** The original guide's webhook: its answer names the request that became part of a run. */
const postWebhook = async (connectionId: string): Promise<Response> => {
  const body = JSON.stringify({ event_type: 'transactions.new', connection_id: connectionId });
  const signature = createHmac('sha256', topology.webhookSecret).update(body).digest('hex');
  return fetch(topology.webhookUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-powens-signature': signature },
    body,
    signal: AbortSignal.timeout(20_000),
  });
};

const requestIdOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { sync_log_id: string }).sync_log_id;

describe('each app as a process of its own', () => {
  it('carries out the whole path', async () => {
    const iban = freshIban();
    const { id } = await openLinkAndImport(topology, iban);
    await topology.sandbox.postSome(iban, 5);
    await expectWhole(topology, received, id);
  }, 180_000);

  it('shares the runs between two sync processes', async () => {
    const connections = await Promise.all(Array.from({ length: 6 }, () => openLinkAndImport(topology)));
    await Promise.all(connections.map(({ id }) => syncNow(topology, id)));
    await Promise.all(connections.map(({ id }) => expectWhole(topology, received, id)));
    const shares = [leader, follower].map(runsEndedBy);
    expect(Math.min(...shares), `runs per process: ${shares.join(' and ')}`).toBeGreaterThan(0);
  }, 240_000);

  it('keeps answering the banks with nothing but the log, and does the work when the rest is back', async () => {
    const { id } = await openLinkAndImport(topology);
    await Promise.all([topology.engines.kill('nats'), topology.engines.kill('postgres')]);
    const answers = await Promise.all(Array.from({ length: 8 }, () => postWebhook(id)));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    const requests = await Promise.all(answers.map(requestIdOf));
    await Promise.all([topology.engines.restart('nats'), topology.engines.restart('postgres')]);
    await Promise.all(
      [leader.port, follower.port, topology.ports.connections].map((port) => expectGreen(port)),
    );
    for (const request of requests) {
      await eventually(async () => expect((await topology.api.getSync(request)).status).toBe('success'), {
        withinMs: 120_000,
      });
    }
    await expectWhole(topology, received, id);
  }, 240_000);

  it('asks the banks to deliver again while the log is away', async () => {
    const { id } = await openLinkAndImport(topology);
    await topology.engines.kill('event-store');
    const refused = await postWebhook(id);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await topology.engines.restart('event-store');
    const request = await eventually(async () => {
      const answer = await postWebhook(id);
      expect(answer.status).toBe(200);
      return requestIdOf(answer);
    });
    await eventually(async () => expect((await topology.api.getSync(request)).status).toBe('success'), {
      withinMs: 120_000,
    });
    await expectWhole(topology, received, id);
  }, 240_000);

  it('lets the other sync process take over everything when the leading one is killed', async () => {
    const iban = freshIban();
    await topology.sandbox.openAccount({ iban, count: 3_000, days: 60 });
    const { id } = await openLinkAndImport(topology, iban);
    await topology.sandbox.postSome(iban, 1_500);
    await eventually(() => expect(received.of('transactions.imported', id).length).toBeGreaterThan(6));
    await leader.program.kill();
    await expectGreen(follower.port);
    await syncNow(topology, id);
    await expectWhole(topology, received, id);
  }, 240_000);
});
