import {
  accountStatusText, type BankAccountsView, type BankAccountView, type Language, problemText,
} from '#contracts'; // prettier-ignore
import type { Plain } from '../plain.js';

const tellProblem = (
  { problem, accountId }: Plain<BankAccountView>,
  language: Language,
): BankAccountView['problem'] => {
  if (!problem) return null;
  const { code, parameters, actionOwner, message } = problem;
  const told = problemText({ code, parameters, accountId }, language) ?? message;
  return { code, parameters, actionOwner, message: told };
};

/** The account in words of this language; the service tells it in English. */
export const tellAccount = (view: Plain<BankAccountView>, language: Language): BankAccountView =>
  language === 'en'
    ? view
    : {
        ...view,
        statusReason: accountStatusText(view.status, language),
        problem: tellProblem(view, language),
      };

export const tellAccounts = ({ items }: BankAccountsView, language: Language): BankAccountsView => ({
  items: items.map((view) => tellAccount(view, language)),
});
