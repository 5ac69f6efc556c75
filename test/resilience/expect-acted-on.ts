import { expect } from 'vitest';
import type { DeliveryView } from '#client';
import type { RecordedEvent } from '#kernel';
import { eventually, readLog, type ReceivedEvents } from '../harness/index.js';
import { deliveriesIn, expectFate, type Fate, runsIn } from './delivery-outcomes.js';
import { expectWhole } from './expect-whole.js';
import type { Topology } from './topology.js';
import type { WebhookStorm } from './webhook-storm.js';

/** A webhook that was answered several times was new at most once, the first time. */
const expectAcceptedOnce = ({ answers, fates }: WebhookStorm): void => {
  expect(answers.size, 'webhooks that got a 200').toBe(fates.size);
  for (const [id, said] of answers) {
    const isKept = fates.get(id)?.kind !== 'nothing-to-do';
    expect(
      said.map(({ deliveryId }) => deliveryId),
      `how webhook ${id} was called`,
    ).toEqual(said.map(() => (isKept ? `powens_${id}` : undefined)));
    const repeats = said.slice(1).map(({ status }) => status);
    expect(repeats, `answers to repeats of webhook ${id}`).toEqual(
      repeats.map(() => (isKept ? 'duplicate' : 'ignored')),
    );
  }
};

const expectFates = ({ fates }: WebhookStorm, log: readonly RecordedEvent[]): void => {
  const stories = deliveriesIn(log);
  for (const [id, fate] of fates) expectFate(`powens_${id}`, stories.get(`powens_${id}`), fate);
};

/** The last run of each connection began after the last webhook about it was stored. */
const expectLastLook = ({ fates, connectionIds }: WebhookStorm, log: readonly RecordedEvent[]): void => {
  const [runs, stories] = [runsIn(log), deliveriesIn(log)];
  for (const connectionId of connectionIds) {
    const stored = [...fates].flatMap(([id, fate]) =>
      'connectionId' in fate && fate.connectionId === connectionId
        ? (stories.get(`powens_${id}`)?.stored ?? [])
        : [],
    );
    expect(stored.length, `webhooks about ${connectionId}`).toBeGreaterThan(0);
    const last = runs.findLast((run) => run.connectionId === connectionId);
    const newest = stored.reduce((a, b) => (a > b ? a : b));
    expect((last?.startedAt ?? -1n) > newest, `the last run of ${connectionId} looked last`).toBe(true);
    expect(last?.end, `the last run of ${connectionId}`).toBe('SyncCompleted');
  }
};

const SHOWN_AS: Readonly<Record<Fate['kind'], DeliveryView['state'] | undefined>> = {
  applied: 'applied',
  later: 'applied',
  ignored: 'ignored',
  parked: 'parked',
  'not-understood': 'parked',
  'nothing-to-do': undefined,
};

const everyDelivery = async ({ api }: Topology): Promise<ReadonlyMap<string, DeliveryView>> => {
  const shown = new Map<string, DeliveryView>();
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await api.listDeliveries({ limit: 500, ...(cursor === undefined ? {} : { cursor }) });
    for (const view of page.items) {
      expect(shown.has(view.id), `${view.id} is listed before`).toBe(false);
      shown.set(view.id, view);
    }
    cursor = page.nextCursor;
  }
  return shown;
};

/** The API says the same of every delivery as the log. */
const expectShown = async ({ fates }: WebhookStorm, topology: Topology): Promise<void> => {
  const shown = await everyDelivery(topology);
  for (const [id, fate] of fates) {
    const view = shown.get(`powens_${id}`);
    expect({ id, state: view?.state }).toEqual({ id, state: SHOWN_AS[fate.kind] });
    if ('reason' in fate) expect({ id, reason: view?.reason }).toEqual({ id, reason: fate.reason });
    if (!('connectionId' in fate)) continue;
    const about = view?.connections.map(({ connectionId }) => connectionId);
    expect({ id, about }).toEqual({ id, about: [fate.connectionId] });
  }
};

/**
 * After a storm: every webhook that got a 200 is stored once and was acted on, or left alone or parked if that was right; the
 * ledgers equal the bank, and what a subscriber heard equals the ledgers.
 */
export const expectActedOn = async (
  storm: WebhookStorm,
  topology: Topology,
  received: ReceivedEvents,
): Promise<void> => {
  expectAcceptedOnce(storm);
  const { urls } = topology.engines;
  await eventually(async () => expectFates(storm, await readLog(urls)), { withinMs: 120_000 });
  for (const connectionId of storm.connectionIds) await expectWhole(topology, received, connectionId);
  const log = await readLog(urls);
  expectFates(storm, log);
  expectLastLook(storm, log);
  await eventually(() => expectShown(storm, topology), { withinMs: 60_000 });
};
