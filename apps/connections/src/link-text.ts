import type { OtherLink } from '#domain';
import type { OtherLinkView } from '#contracts';

const AGAIN = 'Nothing has changed; a fresh link (POST /v1/connections/{id}/link) is another try.';

const REFUSALS: Readonly<Record<string, string>> = {
  access_denied: 'The account holder cancelled.',
  tos_declined: 'The account holder did not accept the provider’s terms.',
  session_expired: 'The account holder took too long.',
  no_connection: 'The account holder came back without having linked a bank.',
  server_error: 'The provider failed.',
};

/** Why no link came of a page, in words with a next step. */
export const refusalText = (refusal: { readonly code: string; readonly by: 'user' | 'provider' }): string => {
  const { code, by } = refusal;
  const unknown = by === 'user' ? 'The account holder did not go through with it.' : 'The provider refused.';
  return `${code}: ${REFUSALS[code] ?? unknown} ${AGAIN}`;
};

const accountsText = ({ accounts }: OtherLink): readonly string[] =>
  accounts.map(({ iban, name }) => iban ?? name);

/** What the holder linked besides, in words with a next step. */
export const otherLinksText = (links: readonly OtherLink[]): string => {
  const accounts = links.flatMap(accountsText).join(', ') || 'no account is shared through them';
  return `The account holder linked ${links.length} more (${accounts}), from which nothing is imported: open a connection for each account that is wanted (POST /v1/connections) and have it linked there. They end with this connection.`;
};

export const linkedText = (links: readonly OtherLink[]): string =>
  links.length === 0 ? 'The bank is linked.' : `The bank is linked. ${otherLinksText(links)}`;

export const otherLinkView = ({ providerConnectionId, accounts }: OtherLink): OtherLinkView => ({
  id: providerConnectionId,
  accounts: accounts.map(({ iban, name }) => ({ iban, name })),
});
