import { accountStatusText, type BankAccountsView, type BankAccountView, type Language } from '#contracts';
import type { Plain } from '../plain.js';

/** The account in words of this language; the service tells it in English. */
export const tellAccount = (view: Plain<BankAccountView>, language: Language): BankAccountView =>
  language === 'en' ? view : { ...view, statusReason: accountStatusText(view.status, language) };

export const tellAccounts = ({ items }: BankAccountsView, language: Language): BankAccountsView => ({
  items: items.map((view) => tellAccount(view, language)),
});
