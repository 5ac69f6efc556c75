import type { ProblemEntries } from './problem-words.js';

/** What is refused about, or wrong with, syncs, their rows and the webhooks that ask for them. */
export const SYNC_PROBLEMS = {
  'sync.not-found': {
    owner: 'caller',
    en: {
      what: 'There is no such sync, or its request is still on its way.',
      next: 'After a webhook, ask again in a moment; else check the id.',
    },
    fr: {
      what: 'Cette synchronisation n’existe pas, ou sa demande est encore en chemin.',
      next: 'Après un webhook, redemandez dans un instant ; sinon, vérifiez l’identifiant.',
    },
  },
  'sync.not-accepted': {
    owner: 'caller',
    en: {
      what: 'The connection takes no sync for this reason at the moment.',
      next: 'See the status of the connection.',
    },
    fr: {
      what: 'La connexion n’accepte pas de synchronisation à ce titre pour l’instant.',
      next: 'Consultez l’état de la connexion.',
    },
  },
  'sync.timed-out': {
    owner: 'caller',
    en: {
      what: 'The run did not end within {minutes} minutes and was given up; what it imported stays.',
      next: 'Please start a sync again; if it happens again, tell the operator.',
    },
    fr: {
      what: 'La synchronisation n’a pas fini en {minutes} minutes et a été abandonnée ; ce qu’elle a importé reste.',
      next: 'Relancez une synchronisation ; si cela se répète, prévenez l’exploitant.',
    },
  },
  'transaction.not-found': {
    owner: 'caller',
    en: {
      what: 'There is no such transaction, or it is another tenant’s.',
      next: 'Check the id and the key.',
    },
    fr: {
      what: 'Cette opération n’existe pas, ou elle appartient à un autre client.',
      next: 'Vérifiez l’identifiant et la clé.',
    },
  },
  'delivery.not-found': {
    owner: 'caller',
    en: {
      what: 'There is no such webhook delivery, or it is about no connection of this key’s tenant.',
      next: 'Check the id; ask again in a moment after it came.',
    },
    fr: {
      what: 'Cette livraison de webhook n’existe pas, ou elle ne concerne aucune connexion du client de cette clé.',
      next: 'Vérifiez l’identifiant ; redemandez un instant après son arrivée.',
    },
  },
  'delivery.nothing-to-do': {
    owner: 'caller',
    en: {
      what: 'By today’s rules this webhook asks for nothing; nothing was replayed.',
      next: 'Ask for a sync of the connection instead.',
    },
    fr: {
      what: 'Selon les règles d’aujourd’hui, ce webhook ne demande rien ; rien n’a été rejoué.',
      next: 'Demandez plutôt une synchronisation de la connexion.',
    },
  },
  'delivery.not-understood': {
    owner: 'caller',
    en: {
      what: 'No rule understands this webhook; nothing was replayed.',
      next: 'Replay it after an update, or ask for a sync of the connection.',
    },
    fr: {
      what: 'Aucune règle ne comprend ce webhook ; rien n’a été rejoué.',
      next: 'Rejouez-le après une mise à jour, ou demandez une synchronisation de la connexion.',
    },
  },
  'refresh.asked': {
    owner: 'time',
    en: { what: 'The provider was asked to look at the bank first.', next: 'There is nothing to do.' },
    fr: { what: 'Le prestataire a d’abord été prié de consulter la banque.', next: 'Il n’y a rien à faire.' },
  },
  'refresh.refused': {
    owner: 'time',
    en: {
      what: 'The provider did not look at the bank anew ({code}); what it had was read.',
      next: 'If something is missing, ask again after {until}.',
    },
    fr: {
      what: 'Le prestataire n’a pas consulté la banque de nouveau ({code}) ; ce qu’il avait a été lu.',
      next: 'S’il manque quelque chose, redemandez après {until}.',
    },
  },
  'rows.unreadable': {
    owner: 'provider',
    en: {
      what: '{count} row(s) could not be understood ({each}) and were left out.',
      each: '{reason} in {field}',
      next: 'They are read again at each sync; if it lasts, tell the provider.',
    },
    fr: {
      what: '{count} ligne(s) n’ont pas pu être comprises ({each}) et ont été laissées de côté.',
      each: '{reason} dans {field}',
      next: 'Elles sont relues à chaque synchronisation ; si cela dure, prévenez le prestataire.',
    },
  },
  'history.gap': {
    owner: 'user',
    en: {
      what: 'The provider no longer gives the history of some days that were not read before ({each}).',
      each: 'account {accountId}: {from} to {to}',
      next: 'Compare these days with the bank’s own statement.',
    },
    fr: {
      what: 'Le prestataire ne donne plus l’historique de certains jours qui n’avaient pas été lus ({each}).',
      each: 'compte {accountId} : du {from} au {to}',
      next: 'Comparez ces jours avec le relevé de la banque.',
    },
  },
  'fetch.page-cap': {
    owner: 'time',
    en: {
      what: 'The provider had more pages than one run reads ({each}); what was read is imported.',
      each: 'account {accountId}',
      next: 'The next sync reads the rest.',
    },
    fr: {
      what: 'Le prestataire avait plus de pages qu’une synchronisation n’en lit ({each}) ; ce qui a été lu est importé.',
      each: 'compte {accountId}',
      next: 'La prochaine synchronisation lira le reste.',
    },
  },
  'fetch.repeated-cursor': {
    owner: 'time',
    en: {
      what: 'The provider showed the same page again instead of all its pages ({each}); what was read is imported.',
      each: 'account {accountId}',
      next: 'The next sync reads the rest.',
    },
    fr: {
      what: 'Le prestataire a remontré la même page au lieu de toutes ses pages ({each}) ; ce qui a été lu est importé.',
      each: 'compte {accountId}',
      next: 'La prochaine synchronisation lira le reste.',
    },
  },
  'fetch.incomplete': {
    owner: 'time',
    en: {
      what: 'The provider did not show all its pages ({each}); what was read is imported.',
      each: 'account {accountId}',
      next: 'The next sync reads the rest.',
    },
    fr: {
      what: 'Le prestataire n’a pas montré toutes ses pages ({each}) ; ce qui a été lu est importé.',
      each: 'compte {accountId}',
      next: 'La prochaine synchronisation lira le reste.',
    },
  },
  'account.empty-answer': {
    owner: 'time',
    en: {
      what: 'The provider showed an account without any transaction although it showed some before ({each}); nothing was removed.',
      each: 'account {accountId}',
      next: 'The next sync reads it again; if it shows nothing a day later either, its transactions are taken for removed by the bank.',
    },
    fr: {
      what: 'Le prestataire a montré un compte sans aucune opération alors qu’il en montrait auparavant ({each}) ; rien n’a été retiré.',
      each: 'compte {accountId}',
      next: 'La prochaine synchronisation le relira ; s’il ne montre toujours rien un jour plus tard, ses opérations seront considérées comme retirées par la banque.',
    },
  },
} as const satisfies ProblemEntries;
