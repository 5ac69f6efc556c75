import type { LinkRequest } from '../bank-provider.js';

export interface WebviewSettings {
  readonly webviewUrl: string;
  readonly domain: string;
  readonly clientId: string;
}

/**
 * Page of the hosted webview: `connect` to link a bank, `reconnect` to repair an existing connection. The language is always
 * given; without it the page's CDN was seen to answer 503. `code` is the short-lived one, never a token.
 */
export const webviewUrl = (
  settings: WebviewSettings,
  request: LinkRequest,
  code: string,
  connectionId: string | null,
): string => {
  const flow: Record<string, string> =
    connectionId === null
      ? { account_ibans: request.iban, connector_capabilities: 'bank', max_connections: '1' }
      : { connection_id: connectionId };
  const query = new URLSearchParams({
    domain: settings.domain,
    client_id: settings.clientId,
    redirect_uri: request.redirectUri,
    code,
    state: request.state,
    ...flow,
  });
  const page = connectionId === null ? 'connect' : 'reconnect';
  return `${settings.webviewUrl.replace(/\/+$/, '')}/${request.language}/${page}?${query}`;
};
