import { setTimeout as pause } from 'node:timers/promises';
import { subscribeTimed } from './arrived-events.js';
import type { BenchStack } from './bench-stack.js';
import { type Figure, milliseconds, quantile } from './figures.js';
import type { Imported } from './first-import.js';
import { quietHistory } from './linking.js';
import { askSandbox } from './sandbox.js';
import { addressOf, signedWebhook, webhookSource } from './signed-webhook.js';

const TIMES = 50;
const WITHIN_MS = 20_000;

/** One connection's webhooks in a row would wait for each other's interval; what is asked is how long one alone takes. */
export const WITHOUT_INTERVAL = { WEBHOOK_MIN_INTERVAL_SECONDS: '0' };
export const WITH_INTERVAL = { WEBHOOK_MIN_INTERVAL_SECONDS: '10' };

/** A new row at the bank, then its webhook: how long until another service has the transaction. One after the other. */
export const measureEventLatency = async (stack: BenchStack, account: Imported): Promise<Figure> => {
  const { connectionId, tenantId, iban } = account;
  const source = await webhookSource(stack, iban);
  const events = await subscribeTimed(stack, tenantId);
  const known = await settled(events.imported);
  const taken: number[] = [];
  for (let round = 1; round <= TIMES; round += 1) {
    await askSandbox(stack, 'POST', `/accounts/${iban}/transactions`, { count: 1 });
    // The run before may still be about to end; a delivery would wait for it.
    await quietHistory(stack, connectionId);
    const { headers, body } = signedWebhook(source, Date.now() * 1_000);
    const sent = Date.now();
    const answer = await fetch(addressOf(source), { method: 'POST', headers, body });
    if (answer.status !== 200) throw new Error(`The door answered ${answer.status}.`);
    for (const deadline = sent + WITHIN_MS; events.imported() < known + round;) {
      if (Date.now() > deadline) throw new Error(`No event came of delivery ${round} within 20 s.`);
      await pause(1);
    }
    taken.push(events.lastAt - sent);
  }
  await events.stop();
  return {
    what: 'webhook to event: p50, p99',
    value: `${milliseconds(quantile(taken, 0.5))}, ${milliseconds(quantile(taken, 0.99))}`,
    of: `${TIMES} new rows one after the other, signed webhook sent to transactions.imported at a durable subscriber; minimum interval between runs set to 0`,
  };
};

/** A new subscription first hears of all that was; done when it hears no more. */
const settled = async (heard: () => number): Promise<number> => {
  for (let before = -1; before !== heard();) {
    before = heard();
    await pause(1_000);
  }
  return heard();
};
