import type { OtherLinkView } from '#contracts';
import type { OtherLink } from '#domain';

export const otherLinkView = ({ providerConnectionId, accounts }: OtherLink): OtherLinkView => ({
  id: providerConnectionId,
  accounts: accounts.map(({ iban, name }) => ({ iban, name })),
});
