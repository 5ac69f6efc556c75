import type { LinkSession, ProviderAccess } from '../bank-provider.js';
import type { ProviderWorld } from '../provider-suite.js';
import { startScriptedServer } from '../scripted-server.js';
import { PowensProvider, type PowensProviderOptions } from './powens-provider.js';

export const REDIRECT_URI = 'http://127.0.0.1:3000/v1/link/callback';
const CLIENT_ID = '55120934';
/** Begins with a dash, as a generated secret may. */
export const CLIENT_SECRET = '-sandbox-client-secret';

export interface SandboxWorld extends ProviderWorld {
  readonly iban: string;
  /** One call of the sandbox's control API; the answer's JSON. */
  control(method: string, path: string, body?: object): Promise<Record<string, unknown>>;
  /** The adapter with other options, on the same sandbox. */
  providerWith(options: Partial<PowensProviderOptions>): PowensProvider;
}

/** Fills in the webview's form as it stands, ticks and all, and sends it. */
const visit = async (session: LinkSession, decision: 'agree' | 'cancel'): Promise<Record<string, string>> => {
  const html = await (await fetch(session.url)).text();
  const form = new URLSearchParams({ action: decision === 'agree' ? 'link' : 'cancel' });
  for (const [input] of html.matchAll(/<input\b[^>]*>/g)) {
    const attribute = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(input)?.[1];
    const type = attribute('type') ?? 'text';
    const isSent = ['radio', 'checkbox'].includes(type) ? /\bchecked\b/.test(input) : true;
    if (isSent) form.append(attribute('name') ?? '', attribute('value') ?? '');
  }
  const answer = await fetch(session.url, { method: 'POST', body: form, redirect: 'manual' });
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`The webview answered ${answer.status} and no way back.`);
  return Object.fromEntries(new URL(location).searchParams);
};

/** Where nobody listens any more. */
const deadAddress = async (): Promise<string> => {
  const server = await startScriptedServer(() => ({}));
  await server.close();
  return server.origin;
};

interface TruthRow {
  readonly rowId: number;
  readonly originalWording: string;
}

/** The Powens adapter on a running sandbox bank at `url`. */
export const sandboxWorld = async (url: string, iban: string): Promise<SandboxWorld> => {
  const providerWith = (options: Partial<PowensProviderOptions>) =>
    new PowensProvider({
      baseUrl: `${url}/2.0`,
      webviewUrl: url,
      clientId: CLIENT_ID,
      clientSecret: () => CLIENT_SECRET,
      pause: async () => undefined,
      ...options,
    });
  const control = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${url}/sandbox${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const said = (await answer.json()) as Record<string, unknown>;
    if (!answer.ok)
      throw new Error(`The sandbox answered ${answer.status} to ${method} ${path}: ${JSON.stringify(said)}`);
    return said;
  };
  const provider = providerWith({});
  const unreachable = providerWith({ baseUrl: await deadAddress() });
  return {
    provider,
    unreachable,
    redirectUri: REDIRECT_URI,
    iban,
    control,
    providerWith,
    visit,
    book: async ({ day, amount, label }) => {
      await control('POST', `/accounts/${iban}/transactions`, {
        rows: [{ date: day, value: amount, originalWording: label }],
      });
    },
    takeBack: async (label) => {
      const { transactions } = (await control('GET', `/accounts/${iban}/transactions`)) as {
        transactions: TruthRow[];
      };
      const row = transactions.find((each) => each.originalWording === label);
      await control('DELETE', `/accounts/${iban}/transactions/${row?.rowId}`);
    },
    refuseToken: async (access: ProviderAccess) => {
      const headers = { authorization: `Bearer ${access.accessToken}` };
      await fetch(`${url}/2.0/auth/token`, { method: 'DELETE', headers });
    },
    breakConnection: async (access) => {
      await control('PATCH', `/connections/${access.providerConnectionId}`, { state: 'SCARequired' });
      return 'SCARequired';
    },
    close: async () => {
      await Promise.all([provider.close(), unreachable.close()]);
    },
  };
};
