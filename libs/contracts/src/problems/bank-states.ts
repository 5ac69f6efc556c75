import type { ProblemEntries } from './problem-words.js';

/**
 * What keeps the provider from the bank, by the provider's own name of the state in lower case: providers write one name in
 * several ways. The code of a run is `provider.<state>`, that of a connection's problem the state as it is.
 */
export const BANK_STATES = {
  scarequired: {
    owner: 'user',
    en: {
      what: 'The bank asks the account holder to confirm their identity again (strong authentication).',
      next: 'The account holder must act: send them a fresh link (POST /v1/connections/{id}/link).',
    },
    fr: {
      what: 'La banque demande au titulaire du compte de confirmer son identité (authentification forte).',
      next: 'Le titulaire du compte doit agir : envoyez-lui un nouveau lien (POST /v1/connections/{id}/link).',
    },
  },
  webauthrequired: {
    owner: 'user',
    en: {
      what: 'The account holder must sign in on the bank’s own page.',
      next: 'The account holder must act: send them a fresh link (POST /v1/connections/{id}/link).',
    },
    fr: {
      what: 'Le titulaire du compte doit s’identifier sur la page de sa banque.',
      next: 'Le titulaire du compte doit agir : envoyez-lui un nouveau lien (POST /v1/connections/{id}/link).',
    },
  },
  additionalinformationneeded: {
    owner: 'user',
    en: {
      what: 'The bank asks the account holder for a further answer, such as a code.',
      next: 'The account holder must act: send them a fresh link (POST /v1/connections/{id}/link).',
    },
    fr: {
      what: 'La banque demande au titulaire du compte une information de plus, par exemple un code.',
      next: 'Le titulaire du compte doit agir : envoyez-lui un nouveau lien (POST /v1/connections/{id}/link).',
    },
  },
  decoupled: {
    owner: 'user',
    en: {
      what: 'The account holder is being asked in the bank’s own app.',
      next: 'They confirm there; nothing else to do yet.',
    },
    fr: {
      what: 'Le titulaire du compte est sollicité dans l’application de sa banque.',
      next: 'Il confirme dans l’application ; rien d’autre à faire pour l’instant.',
    },
  },
  validating: {
    owner: 'provider',
    en: {
      what: 'The provider is still at work on what the account holder confirmed.',
      next: 'There is nothing to do yet; we look again at each sync.',
    },
    fr: {
      what: 'Le prestataire traite encore ce que le titulaire du compte a confirmé.',
      next: 'Rien à faire pour l’instant ; nous regardons de nouveau à chaque synchronisation.',
    },
  },
  actionneeded: {
    owner: 'user',
    en: {
      what: 'The account holder must act on the bank’s own site.',
      next: 'They do what the bank asks there, then open a fresh link (POST /v1/connections/{id}/link).',
    },
    fr: {
      what: 'Le titulaire du compte doit intervenir sur le site de sa banque.',
      next: 'Il y fait ce que la banque demande, puis ouvre un nouveau lien (POST /v1/connections/{id}/link).',
    },
  },
  passwordexpired: {
    owner: 'user',
    en: {
      what: 'The password at the bank has expired.',
      next: 'The account holder renews it on the bank’s site, then opens a fresh link (POST /v1/connections/{id}/link).',
    },
    fr: {
      what: 'Le mot de passe à la banque a expiré.',
      next: 'Le titulaire du compte le renouvelle sur le site de la banque, puis ouvre un nouveau lien (POST /v1/connections/{id}/link).',
    },
  },
  wrongpass: {
    owner: 'user',
    en: {
      what: 'The bank refused the login.',
      next: 'The account holder must act: send them a fresh link (POST /v1/connections/{id}/link).',
    },
    fr: {
      what: 'La banque a refusé l’identification.',
      next: 'Le titulaire du compte doit agir : envoyez-lui un nouveau lien (POST /v1/connections/{id}/link).',
    },
  },
  ratelimiting: {
    owner: 'time',
    en: {
      what: 'The bank limits how often it is asked.',
      next: 'It mends by itself; we look again at each sync.',
    },
    fr: {
      what: 'La banque limite le nombre de demandes.',
      next: 'Cela se rétablit tout seul ; nous regardons de nouveau à chaque synchronisation.',
    },
  },
  websiteunavailable: {
    owner: 'time',
    en: {
      what: 'The bank cannot be reached by the provider.',
      next: 'It mends by itself; we look again at each sync.',
    },
    fr: {
      what: 'Le prestataire ne peut pas joindre la banque.',
      next: 'Cela se rétablit tout seul ; nous regardons de nouveau à chaque synchronisation.',
    },
  },
  bug: {
    owner: 'provider',
    en: {
      what: 'The provider has an internal error with this bank.',
      next: 'The provider must act; we look again at each sync.',
    },
    fr: {
      what: 'Le prestataire a une erreur interne avec cette banque.',
      next: 'Le prestataire doit agir ; nous regardons de nouveau à chaque synchronisation.',
    },
  },
  notsupported: {
    owner: 'nobody',
    en: {
      what: 'The provider no longer supports this bank.',
      next: 'It will not mend by itself: disconnect, and open the connection through another provider.',
    },
    fr: {
      what: 'Le prestataire ne prend plus en charge cette banque.',
      next: 'Cela ne se rétablira pas tout seul : déconnectez, et ouvrez la connexion par un autre prestataire.',
    },
  },
  'never-synced': {
    owner: 'time',
    en: {
      what: 'The provider has not finished its first look at the bank.',
      next: 'The next sync reads what comes.',
    },
    fr: {
      what: 'Le prestataire n’a pas fini son premier passage à la banque.',
      next: 'La prochaine synchronisation lira ce qui arrive.',
    },
  },
  'state-missing': {
    owner: 'provider',
    en: {
      what: 'The provider does not say whether it reaches the bank; what it had was read.',
      next: 'We look again at each sync; if it lasts, the operator asks the provider.',
    },
    fr: {
      what: 'Le prestataire ne dit pas s’il joint la banque ; ce qu’il avait a été lu.',
      next: 'Nous regardons de nouveau à chaque synchronisation ; si cela dure, l’exploitant interroge le prestataire.',
    },
  },
} as const satisfies ProblemEntries;
