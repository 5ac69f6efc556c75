import { setTimeout as delay } from 'node:timers/promises';
import { PasserelleClient, subscribe, type PublicEvent, type SyncView } from '#client';
import { pressOnLinkPage } from '../../apps/stack/src/demo/person-at-webview.js';
import { eventLine } from './event-line.js';
import type { Endpoints } from './own-stack.js';
import { SandboxControl } from './sandbox-control.js';

const WITHIN_MS = 60_000;

/** The values of the guide that Passerelle was made for; the sandbox bank knows this account. */
const ACCOUNT = {
  accountId: 1,
  companyId: 1,
  tenantId: 1,
  institutionId: 'BNPAFRPP',
  iban: 'FR7612345678901234567890123',
} as const;

const NEW_ROWS = [
  { value: '-12.50', originalWording: 'CB CAFE DE LA GARE' },
  { value: '-48.90', originalWording: 'CB LIBRAIRIE DU PORT' },
  { value: '-7.20', originalWording: 'CB BOULANGERIE MARTIN' },
];

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Asks until there is an answer: what happens between services takes its time. */
const until = async <T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> => {
  for (const deadline = Date.now() + WITHIN_MS; Date.now() < deadline; await delay(50)) {
    const seen = await look();
    if (seen !== undefined) return seen;
  }
  throw new Error(`Nothing was seen of ${what} within ${WITHIN_MS / 1_000} seconds.`);
};

const sayRun = (run: SyncView): void => {
  say(`✓ Sync terminée: ${run.status}`);
  say(`  Transactions importées: ${run.transactionsImported}`);
  say(`  Transactions ignorées: ${run.transactionsSkipped}\n`);
  if (run.status !== 'success') throw new Error(`${run.errorCode}: ${run.errorMessage}`);
};

/** 1. Créer une connexion bancaire: open it, and do what the account holder does on the provider's page. */
const connect = async (api: PasserelleClient): Promise<string> => {
  const { id, linkUrl } = await api.openConnection(ACCOUNT);
  if (linkUrl === undefined) throw new Error('The new connection carries no linkUrl.');
  const back = await fetch(await pressOnLinkPage(linkUrl), { headers: { accept: 'application/json' } });
  if (!back.ok) throw new Error(`The link callback answered ${back.status}: ${await back.text()}`);
  const { status, iban } = await until('the link', async () => {
    const connection = await api.getConnection(id);
    return connection.status === 'pending' ? undefined : connection;
  });
  say(`✓ Connexion créée: ID ${id}\n  Status: ${status}\n  IBAN: ${iban}\n`);
  return id;
};

/** 2. Synchroniser: linking has asked for the first run already. */
const firstSync = async (api: PasserelleClient, id: string): Promise<SyncView> =>
  until('the first sync', async () => {
    const { items } = await api.syncs(id, { trigger: 'link' });
    return items.find(({ status }) => status !== 'pending');
  });

const syncNow = async (api: PasserelleClient, id: string): Promise<SyncView> => {
  const run = await api.requestSync(id, { waitSeconds: 60 });
  if (!('transactionsImported' in run)) throw new Error(`The run ${run.id} did not end within a minute.`);
  return run;
};

const importedIn = (events: readonly PublicEvent[]): number =>
  events.reduce(
    (sum, { type, data }) => (type === 'passerelle.transactions.imported.v1' ? sum + data.count : sum),
    0,
  );

/** The guide's "exemple complet", and what it leaves to the reader: new rows, a webhook, and another service listening. */
export const completeExample = async (endpoints: Endpoints): Promise<void> => {
  const { gatewayUrl, natsUrl, sandboxUrl, apiKey } = endpoints;
  const api = new PasserelleClient({ baseUrl: gatewayUrl, apiKey });
  const bank = new SandboxControl(sandboxUrl);
  const events: PublicEvent[] = [];
  const subscription = await subscribe({
    servers: natsUrl,
    tenantId: String(ACCOUNT.tenantId),
    durable: 'demo',
    handler: (event) => void events.push(event),
  });
  try {
    // So that it is our own request that finds the new rows.
    await bank.pauseWebhooks(true);
    const id = await connect(api);
    const first = await firstSync(api, id);
    sayRun(first);

    say(`La banque comptabilise ${NEW_ROWS.length} opérations, puis on synchronise à nouveau.`);
    await bank.book(ACCOUNT.iban, NEW_ROWS);
    const second = await syncNow(api, id);
    sayRun(second);

    say('La banque en comptabilise une autre; son webhook suffit.');
    await bank.pauseWebhooks(false);
    await bank.book(ACCOUNT.iban, [{ value: '1250.00', originalWording: 'VIR CLIENT DUPONT SARL' }]);
    const expected = first.transactionsImported + second.transactionsImported + 1;
    await until('the webhook’s sync', () => importedIn(events) >= expected || undefined);

    // 3. Consulter l'historique
    const history = await until('the end of all runs', async () => {
      const { items } = await api.syncs(id, { limit: 10 });
      return items.some(({ status }) => status === 'pending') ? undefined : items;
    });
    say(`✓ Webhook reçu et importé\n\nHistorique: ${history.length} synchronisations`);
    for (const sync of history) {
      say(
        `  ${sync.createdAt}: ${sync.status} - ${sync.transactionsImported} transactions (${sync.trigger})`,
      );
    }

    // Every run ends with an event of its own, so nothing is missing once all of those are here.
    await until(
      'all events',
      () =>
        events.filter(({ type }) => type.startsWith('passerelle.sync.')).length >= history.length ||
        undefined,
    );
    const seen = importedIn(events);
    const counted = history.reduce((sum, sync) => sum + sync.transactionsImported, 0);
    if (seen !== counted) throw new Error(`Events told of ${seen} transactions, the history of ${counted}.`);
    say(`\nÉvénements reçus par un abonné (NATS): ${events.length}`);
    for (const event of events) say(`  ${eventLine(event)}`);
  } finally {
    await subscription.stop();
  }
};
