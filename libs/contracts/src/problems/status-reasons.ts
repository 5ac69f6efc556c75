import type { ProblemEntries } from './problem-words.js';

/** Why a connection is as it is, beside the problems that it may have; `{provider}` is its name. */
export const STATUS_REASONS = {
  'connection.pending': {
    owner: 'user',
    en: {
      what: 'No bank is linked yet.',
      next: 'The account holder opens the link (POST /v1/connections/{id}/link makes a fresh one).',
    },
    fr: {
      what: 'Aucune banque n’est encore reliée.',
      next: 'Le titulaire du compte ouvre le lien (POST /v1/connections/{id}/link en crée un nouveau).',
    },
  },
  'connection.paused': {
    owner: 'caller',
    en: {
      what: 'Paused by the caller (syncEnabled: false).',
      next: 'PATCH {"syncEnabled": true} resumes it.',
    },
    fr: {
      what: 'Suspendue par l’appelant (syncEnabled: false).',
      next: 'PATCH {"syncEnabled": true} la reprend.',
    },
  },
  'connection.disconnected': {
    owner: 'caller',
    en: { what: 'Disconnected.', next: 'Open the connection again to use it.' },
    fr: { what: 'Déconnectée.', next: 'Ouvrez la connexion de nouveau pour l’utiliser.' },
  },
  'connection.user-spared': {
    owner: 'caller',
    en: {
      what: 'Disconnected. The holder has other links at {provider}, which were left alone.',
      next: 'Open the connection again to use it.',
    },
    fr: {
      what: 'Déconnectée. Le titulaire a d’autres liens chez {provider}, qui ont été laissés tels quels.',
      next: 'Ouvrez la connexion de nouveau pour l’utiliser.',
    },
  },
  'connection.ending': {
    owner: 'time',
    en: {
      what: 'Disconnected here. {provider} has not confirmed it yet.',
      next: 'We go on asking by ourselves for some hours; after that the operator finds it among the dead letters.',
    },
    fr: {
      what: 'Déconnectée ici. {provider} ne l’a pas encore confirmé.',
      next: 'Nous continuons à le demander de nous-mêmes pendant quelques heures ; ensuite l’exploitant le trouve parmi les messages abandonnés.',
    },
  },
  'connection.ending-refused': {
    owner: 'operator',
    en: {
      what: 'Disconnected here, but not at {provider}, which refuses ({refusedWith}).',
      next: 'The operator ends it in the provider’s console.',
    },
    fr: {
      what: 'Déconnectée ici, mais pas chez {provider}, qui refuse ({refusedWith}).',
      next: 'L’exploitant y met fin dans la console du prestataire.',
    },
  },
  'decoupled-overdue': {
    owner: 'user',
    en: {
      what: 'The account holder was asked in the bank’s own app and has not confirmed.',
      next: 'Send them a fresh link (POST /v1/connections/{id}/link).',
    },
    fr: {
      what: 'Le titulaire du compte a été sollicité dans l’application de sa banque et n’a pas confirmé.',
      next: 'Envoyez-lui un nouveau lien (POST /v1/connections/{id}/link).',
    },
  },
  'validating-overdue': {
    owner: 'provider',
    en: {
      what: 'The provider has been at work for unusually long on what the account holder confirmed.',
      next: 'The provider must act; we look again at each sync.',
    },
    fr: {
      what: 'Le prestataire traite depuis anormalement longtemps ce que le titulaire du compte a confirmé.',
      next: 'Le prestataire doit agir ; nous regardons de nouveau à chaque synchronisation.',
    },
  },
  'link.access_denied': {
    owner: 'user',
    en: {
      what: 'The account holder cancelled.',
      next: 'Nothing has changed; a fresh link (POST /v1/connections/{id}/link) is another try.',
    },
    fr: {
      what: 'Le titulaire du compte a annulé.',
      next: 'Rien n’a changé ; un nouveau lien (POST /v1/connections/{id}/link) permet de réessayer.',
    },
  },
  'link.tos_declined': {
    owner: 'user',
    en: {
      what: 'The account holder did not accept the provider’s terms.',
      next: 'Nothing has changed; a fresh link (POST /v1/connections/{id}/link) is another try.',
    },
    fr: {
      what: 'Le titulaire du compte n’a pas accepté les conditions du prestataire.',
      next: 'Rien n’a changé ; un nouveau lien (POST /v1/connections/{id}/link) permet de réessayer.',
    },
  },
  'link.session_expired': {
    owner: 'user',
    en: {
      what: 'The account holder took too long.',
      next: 'Nothing has changed; a fresh link (POST /v1/connections/{id}/link) is another try.',
    },
    fr: {
      what: 'Le titulaire du compte a mis trop de temps.',
      next: 'Rien n’a changé ; un nouveau lien (POST /v1/connections/{id}/link) permet de réessayer.',
    },
  },
  'link.no_connection': {
    owner: 'user',
    en: {
      what: 'The account holder came back without having linked a bank.',
      next: 'Nothing has changed; a fresh link (POST /v1/connections/{id}/link) is another try.',
    },
    fr: {
      what: 'Le titulaire du compte est revenu sans avoir relié de banque.',
      next: 'Rien n’a changé ; un nouveau lien (POST /v1/connections/{id}/link) permet de réessayer.',
    },
  },
  'link.server_error': {
    owner: 'time',
    en: {
      what: 'The provider failed.',
      next: 'Nothing has changed; a fresh link (POST /v1/connections/{id}/link) is another try.',
    },
    fr: {
      what: 'Le prestataire a échoué.',
      next: 'Rien n’a changé ; un nouveau lien (POST /v1/connections/{id}/link) permet de réessayer.',
    },
  },
  'link.refused-by-user': {
    owner: 'user',
    en: {
      what: 'The account holder did not go through with it.',
      next: 'Nothing has changed; a fresh link (POST /v1/connections/{id}/link) is another try.',
    },
    fr: {
      what: 'Le titulaire du compte n’est pas allé au bout.',
      next: 'Rien n’a changé ; un nouveau lien (POST /v1/connections/{id}/link) permet de réessayer.',
    },
  },
  'link.refused-by-provider': {
    owner: 'user',
    en: {
      what: 'The provider refused.',
      next: 'Nothing has changed; a fresh link (POST /v1/connections/{id}/link) is another try.',
    },
    fr: {
      what: 'Le prestataire a refusé.',
      next: 'Rien n’a changé ; un nouveau lien (POST /v1/connections/{id}/link) permet de réessayer.',
    },
  },
} as const satisfies ProblemEntries;
