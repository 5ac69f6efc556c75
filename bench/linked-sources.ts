import type { BenchStack } from './bench-stack.js';
import { newTenant, openAccount, openAndLink, quietHistory } from './linking.js';
import { type WebhookSource, webhookSources } from './signed-webhook.js';

/** A linked connection with a small account, so that the runs which its deliveries ask for are short. */
export interface LinkedSource extends WebhookSource {
  readonly connectionId: string;
}

const AT_ONCE = 4;

export const linkSources = async (stack: BenchStack, wanted: number): Promise<readonly LinkedSource[]> => {
  const linked = new Map<string, string>();
  const linkOne = async (): Promise<void> => {
    const iban = await openAccount(stack, 20);
    const connectionId = await openAndLink(stack, iban, { tenantId: newTenant(), syncDaysBack: 90 });
    await quietHistory(stack, connectionId);
    linked.set(iban, connectionId);
  };
  for (let begun = 0; begun < wanted; begun += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, wanted - begun) }, linkOne));
  }
  const sources = await webhookSources(stack);
  return [...linked].flatMap(([iban, connectionId]) => {
    const source = sources.get(iban);
    return source ? [{ ...source, connectionId }] : [];
  });
};
