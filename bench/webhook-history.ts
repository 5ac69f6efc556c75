import { createHash, randomUUID } from 'node:crypto';
import { delivery } from '#domain';
import { KurrentEventStore } from '#event-store';
import type { EventMetadata } from '#kernel';
import type { BenchStack } from './bench-stack.js';
import { drain } from './drain.js';
import { count, type Figure, perSecond, seconds } from './figures.js';
import { linkSources, type LinkedSource } from './linked-sources.js';
import { newTenant, openAccount, openAndLink, quietHistory } from './linking.js';
import { AT_500, BURST, idsTakenUpTo, measureLoad, takeIds } from './webhook-answers.js';

export interface History {
  readonly transactions: number;
  readonly deliveries: number;
  /** Of each load afterwards. */
  readonly atMostMs: number;
}

const ROWS_OF_ACCOUNT = 50_000;
const DAYS_BACK = 3_650;
/** One client keeps sixty appends in flight. */
const CLIENTS = 4;
const WITHIN_MS = 3_600_000;

/** Through the whole system, as they come in life: there is no shorter way to a ledger. */
const importTransactions = async (stack: BenchStack, wanted: number): Promise<Figure> => {
  const began = performance.now();
  for (let imported = 0; imported < wanted; imported += ROWS_OF_ACCOUNT) {
    const iban = await openAccount(stack, Math.min(ROWS_OF_ACCOUNT, wanted - imported));
    const connectionId = await openAndLink(stack, iban, { tenantId: newTenant(), syncDaysBack: DAYS_BACK });
    const runs = await quietHistory(stack, connectionId, { withinMs: WITHIN_MS });
    if (runs.some(({ status }) => status !== 'success')) throw new Error(`An import failed: ${iban}`);
  }
  const tookMs = performance.now() - began;
  return {
    what: 'history: transactions',
    value: perSecond(wanted, tookMs),
    of: `${count(wanted)} imported in ${seconds(tookMs)}, ${count(ROWS_OF_ACCOUNT)} to an account`,
  };
};

const metadata = (): EventMetadata => ({
  commandId: randomUUID(),
  correlationId: randomUUID(),
  causationId: null,
  tenantId: null,
  actor: 'webhook:powens',
  traceparent: null,
});

/** As the door stores it, but for the body. */
const storeDelivery = async (log: KurrentEventStore, source: LinkedSource, id: number): Promise<void> => {
  const deliveryId = `powens_${id}`;
  const received = delivery.decide(
    {
      type: 'ReceiveWebhook',
      deliveryId,
      provider: 'powens',
      scheme: 'powens',
      secretFingerprint: '00000000',
      notice: {
        kind: 'data-may-have-changed',
        target: {
          connectionId: null,
          providerUserId: String(source.providerUserId),
          providerConnectionId: String(source.providerConnectionId),
          providerAccountId: null,
        },
      },
      path: '/webhooks/powens/connection-synced',
      signedAt: new Date().toISOString(),
      sealedBody: null,
      bodyBytes: 550,
      bodySha256: createHash('sha256').update(deliveryId).digest('hex'),
      receivedAt: new Date().toISOString(),
    },
    delivery.initialState,
  );
  const events = received.map((event) => ({ ...event, metadata: metadata() }));
  await log.append(`delivery-${deliveryId}`, 'no-stream', events, { timeoutMs: 60_000 });
};

/** Written to the log by the real client, many at once; then everything that they lead to happens. */
const storeDeliveries = async (
  stack: BenchStack,
  sources: readonly LinkedSource[],
  wanted: number,
): Promise<readonly Figure[]> => {
  const logs = Array.from({ length: CLIENTS }, () => new KurrentEventStore(stack.endpoints.eventStoreUrl));
  const [began, firstId] = [performance.now(), takeIds()];
  let begun = 0;
  const work = async (log: KurrentEventStore): Promise<void> => {
    while (begun < wanted) {
      const [source, id] = [sources[begun % sources.length], firstId + begun];
      begun += 1;
      if (source) await storeDelivery(log, source, id);
    }
  };
  await Promise.all(logs.flatMap((log) => Array.from({ length: 60 }, () => work(log))));
  await Promise.all(logs.map((log) => log.close()));
  const storedMs = performance.now() - began;
  const lastId = firstId + wanted - 1;
  idsTakenUpTo(lastId);
  const { runsMs } = await drain(stack, sources, lastId, WITHIN_MS);
  return [
    {
      what: 'history: deliveries',
      value: perSecond(wanted, storedMs),
      of: `${count(wanted)} appended in ${seconds(storedMs)}; drained ${runsMs === null ? 'not at all' : `${seconds(runsMs)} later`}`,
    },
  ];
};

/** The burst and the steady rate after a long life. */
export async function* measureWebhooksAfter(
  stack: BenchStack,
  { transactions, deliveries, atMostMs }: History,
): AsyncGenerator<readonly Figure[], void> {
  yield [await importTransactions(stack, transactions)];
  const sources = await linkSources(stack, 100);
  yield await storeDeliveries(stack, sources, deliveries);
  for (const load of [AT_500, BURST]) {
    const forMs = Math.min(load.forMs, atMostMs);
    yield await measureLoad(stack, sources, { ...load, forMs, what: `${load.what} after all that` });
  }
}
