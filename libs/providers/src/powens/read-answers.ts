import { type ProviderAccess, type ProviderAccount, ProviderError } from '../bank-provider.js';
import { asRecord, asText } from '../json-fields.js';
import { translateAccount } from './translate-account.js';

const DEFAULT_CODE_LIFE_S = 1800;

/** An answer that is not what the documentation promises. Nothing of it is quoted: answers hold tokens. */
export const unreadable = (what: string): ProviderError =>
  new ProviderError('bug', 'powens.unreadable-answer', `Powens answered ${what}.`);

/** Of `POST /auth/init`. */
export const newUserOf = (answer: unknown): ProviderAccess => {
  const user = asRecord(answer);
  const accessToken = asText(user?.['auth_token']);
  const providerUserId = asText(user?.['id_user']);
  if (accessToken === null || providerUserId === null) throw unreadable('a new user without token or id');
  return { accessToken, providerUserId, providerConnectionId: null };
};

/** Of `POST /auth/renew`; one example of the documentation has the short name. */
export const renewedTokenOf = (answer: unknown): string => {
  const token = asText(asRecord(answer)?.['access_token']) ?? asText(asRecord(answer)?.['token']);
  if (token === null) throw unreadable('a renewal without a token');
  return token;
};

/** Of `GET /auth/token/code`. */
export const webviewCodeOf = (answer: unknown): { readonly code: string; readonly lifeMs: number } => {
  const code = asText(asRecord(answer)?.['code']);
  if (code === null) throw unreadable('no code for the webview');
  const life = asText(asRecord(answer)?.['expires_in']) ?? '';
  return { code, lifeMs: (/^\d{1,9}$/.test(life) ? Number(life) : DEFAULT_CODE_LIFE_S) * 1000 };
};

/** Of a list of accounts: ours, by the connection they belong to. */
export const byConnection = (
  list: readonly unknown[],
): ReadonlyMap<string | null, readonly ProviderAccount[]> => {
  const accounts = new Map<string | null, ProviderAccount[]>();
  for (const raw of list) {
    const account = translateAccount(raw);
    if (account === null) throw unreadable('an account without an id');
    const connection = asText(asRecord(raw)?.['id_connection']);
    accounts.set(connection, [...(accounts.get(connection) ?? []), account]);
  }
  return accounts;
};
