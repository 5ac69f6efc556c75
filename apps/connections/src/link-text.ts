import type { OtherLink } from '#domain';
import { linkRefusal, type OtherLinkView, statusText } from '#contracts';

/** Why no link came of a page, in words with a next step. */
export const refusalText = (refusal: { readonly code: string; readonly by: 'user' | 'provider' }): string =>
  `${refusal.code}: ${statusText(linkRefusal(refusal), 'en')}`;

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
