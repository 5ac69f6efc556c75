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

/** CONNECTION_SYNCED as Powens sends it when a bank has something new; `id` makes it a delivery of its own. */
export const signedWebhook = (source: WebhookSource, id: number): SignedWebhook => {
  const { secret, providerUserId, providerConnectionId } = source;
  const date = new Date().toISOString();
  const body = JSON.stringify({
    id_webhook_data: id,
    user: { id: providerUserId, signin: '2026-01-12 09:41:07' },
    connection: {
      id: providerConnectionId,
      id_user: providerUserId,
      id_connector: 40,
      state: null,
      error: null,
      error_message: null,
      last_update: '2026-03-14 06:12:31',
      created: '2026-01-12 09:44:52',
      active: true,
      accounts: [],
      subscriptions: [],
    },
  });
  const signature = signPowens(secret, { path: PATH, date, rawBody: body });
  return {
    headers: {
      'content-type': 'application/json',
      'bi-signature': signature,
      'bi-signature-date': date,
    },
    body,
  };
};

interface Link {
  readonly id: number;
  readonly id_user: number;
  readonly accounts: readonly { readonly iban: string | null }[];
}

/** The provider's side of a connection. */
export const webhookSource = async (stack: BenchStack, iban: string): Promise<WebhookSource> => {
  const { connections } = await askSandbox<{ connections: Link[] }>(stack, 'GET', '/connections');
  const link = connections.find(({ accounts }) => accounts.some((account) => account.iban === iban));
  if (!link) throw new Error(`The sandbox has no connection with account ${iban}.`);
  const { id, id_user } = link;
  return {
    url: stack.endpoints.webhookUrl,
    secret: stack.webhookSecret(),
    providerUserId: id_user,
    providerConnectionId: id,
  };
};
