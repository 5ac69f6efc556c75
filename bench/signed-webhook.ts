import { signPowens } from '#providers';
import type { BenchStack } from './bench-stack.js';
import { askSandbox } from './sandbox.js';

/** What a webhook of the provider says, and the secret that it is signed with. */
export interface WebhookSource {
  readonly url: string;
  readonly secret: string;
  readonly providerUserId: number;
  readonly providerConnectionId: number;
}

export interface SignedWebhook {
  readonly headers: Record<string, string>;
  readonly body: string;
}

const PATH = '/webhooks/powens/connection-synced';

export const addressOf = ({ url }: WebhookSource): URL => new URL(PATH, url);

/** CONNECTION_SYNCED as Powens sends it when a bank has something new, all but its id. */
const restOfBody = ({ providerUserId, providerConnectionId }: WebhookSource, accounts: string): string => {
  const connection = {
    id: providerConnectionId,
    id_user: providerUserId,
    id_connector: 40,
    state: null,
    error: null,
    error_message: null,
    last_update: '2026-03-14 06:12:31',
    created: '2026-01-12 09:44:52',
    active: true,
    subscriptions: [],
  };
  const user = JSON.stringify({ id: providerUserId, signin: '2026-01-12 09:41:07' });
  return `"user":${user},"connection":{"accounts":[${accounts}],${JSON.stringify(connection).slice(1)}}`;
};

/** `id` makes it a delivery of its own; `accounts` are the JSON texts of accounts with their transactions. */
export const signedWebhook = (source: WebhookSource, id: number, accounts = ''): SignedWebhook => {
  const date = new Date().toISOString();
  const body = `{"id_webhook_data":${id},${restOfBody(source, accounts)}`;
  const signature = signPowens(source.secret, { path: PATH, date, rawBody: body });
  return {
    headers: {
      'content-type': 'application/json',
      'bi-signature': signature,
      'bi-signature-date': date,
    },
    body,
  };
};

/** One account's JSON whose transactions make it about so large, as in the first synchronisation of a long history. */
export const largeAccount = (bytes: number): string => {
  const transaction = JSON.stringify({
    id: 1_000_000,
    id_account: 17,
    date: '2026-03-13',
    rdate: '2026-03-12',
    value: -1234.56,
    type: 'transfer',
    original_wording: 'VIR SEPA FOURNITURES DE BUREAU DUPONT REF 2026-03-000417',
    simplified_wording: 'Fournitures de bureau',
    last_update: '2026-03-14 06:12:31',
    coming: false,
    active: true,
    deleted: null,
  });
  const rows = Array.from({ length: Math.ceil(bytes / (transaction.length + 1)) }, () => transaction);
  return `{"id":17,"iban":null,"currency":{"id":"EUR"},"balance":10.00,"transactions":[${rows.join(',')}]}`;
};

interface Link {
  readonly id: number;
  readonly id_user: number;
  readonly accounts: readonly { readonly iban: string | null }[];
}

/** The provider's side of every connection, by the IBANs of its accounts. */
export const webhookSources = async (stack: BenchStack): Promise<ReadonlyMap<string, WebhookSource>> => {
  const { connections } = await askSandbox<{ connections: Link[] }>(stack, 'GET', '/connections');
  const [url, secret] = [stack.endpoints.webhookUrl, stack.webhookSecret()];
  return new Map(
    connections.flatMap(({ id, id_user, accounts }) =>
      accounts.flatMap(({ iban }): [string, WebhookSource][] =>
        iban === null ? [] : [[iban, { url, secret, providerUserId: id_user, providerConnectionId: id }]],
      ),
    ),
  );
};

/** The provider's side of the connection of an account. */
export const webhookSource = async (stack: BenchStack, iban: string): Promise<WebhookSource> => {
  const source = (await webhookSources(stack)).get(iban);
  if (!source) throw new Error(`The sandbox has no connection with account ${iban}.`);
  return source;
};
