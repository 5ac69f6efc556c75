import { asText } from '../json-fields.js';

export type Callback =
  | { readonly kind: 'linked'; readonly connectionIds: readonly string[] }
  | { readonly kind: 'refused'; readonly code: string; readonly by: 'user' | 'provider' }
  /** Nothing usable: Powens has to be asked. It happens (`?connection_id=`), and it is what `reconnect` always answers. */
  | { readonly kind: 'unclear' };

const BY_USER = new Set(['access_denied', 'tos_declined', 'session_expired']);

/** What the webview put into the callback's address. Absence of `error` is success. */
export const readCallback = (parameters: Readonly<Record<string, string>>): Callback => {
  const error = asText(parameters['error']);
  if (error !== null) {
    const code = error.toLowerCase().replaceAll(/[^\w.-]/g, '').slice(0, 64) || 'unreadable'; // prettier-ignore
    return { kind: 'refused', code, by: BY_USER.has(code) ? 'user' : 'provider' };
  }
  const ids = [parameters['connection_id'], ...(parameters['connection_ids'] ?? '').split(',')]
    .map((id) => id?.trim() ?? '')
    .filter((id) => /^\d{1,20}$/.test(id));
  return ids.length > 0 ? { kind: 'linked', connectionIds: [...new Set(ids)] } : { kind: 'unclear' };
};
