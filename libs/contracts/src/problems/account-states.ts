import type { BankAccountView } from '../views/bank-account.view.js';
import type { Language, ProblemEntries, ProblemEntry } from './problem-words.js';

type AccountStatus = BankAccountView['status'];

/** Why nothing is imported from a bank account, by its `status`. */
export const ACCOUNT_STATES = {
  ambiguous: {
    owner: 'caller',
    en: {
      what: 'It could be one that is asked for, and so could another.',
      next: 'Track or ignore it (PUT /v1/connections/{id}/accounts/{account}).',
    },
    fr: {
      what: 'Ce compte peut être un compte demandé, mais un autre aussi.',
      next: 'Suivez-le ou ignorez-le (PUT /v1/connections/{id}/accounts/{account}).',
    },
  },
  ignored: {
    owner: 'caller',
    en: {
      what: 'The caller ignores it.',
      next: 'Track it to import it (PUT /v1/connections/{id}/accounts/{account}); what was imported before is kept, and is listed again then.',
    },
    fr: {
      what: 'L’appelant l’ignore.',
      next: 'Suivez-le pour l’importer (PUT /v1/connections/{id}/accounts/{account}) ; ce qui a été importé avant est conservé, et sera de nouveau listé.',
    },
  },
  untracked: {
    owner: 'caller',
    en: {
      what: 'Nobody asked for it.',
      next: 'Track it to import it (PUT /v1/connections/{id}/accounts/{account}).',
    },
    fr: {
      what: 'Personne ne l’a demandé.',
      next: 'Suivez-le pour l’importer (PUT /v1/connections/{id}/accounts/{account}).',
    },
  },
  'not-shared': {
    owner: 'user',
    en: {
      what: 'Its holder does not share it with us, so nothing is known of it now: it is not empty.',
      next: 'They tick it on a fresh link (POST /v1/connections/{id}/link).',
    },
    fr: {
      what: 'Son titulaire ne le partage pas avec nous ; on n’en sait donc rien pour l’instant : il n’est pas vide.',
      next: 'Il le coche sur un nouveau lien (POST /v1/connections/{id}/link).',
    },
  },
  vanished: {
    owner: 'time',
    en: {
      what: 'The bank no longer shows it: closed, or re-created under another id. What was imported stays.',
      next: 'Nothing to do: under its new id, or when it comes back, the import goes on by itself.',
    },
    fr: {
      what: 'La banque ne le montre plus : clos, ou recréé sous un autre identifiant. Ce qui a été importé reste.',
      next: 'Rien à faire : sous son nouvel identifiant, ou s’il revient, l’importation reprend d’elle-même.',
    },
  },
} as const satisfies ProblemEntries & Readonly<Record<Exclude<AccountStatus, 'tracked'>, ProblemEntry>>;

/** Why nothing is imported from an account of this status, with a next step; `null` for one that is. */
export const accountStatusText = (status: AccountStatus, language: Language): string | null => {
  if (status === 'tracked') return null;
  const { what, next } = ACCOUNT_STATES[status][language];
  return `${what} ${next}`;
};
