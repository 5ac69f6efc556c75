import type { ProblemEntries } from './problem-words.js';

/** What is refused about, or wrong with, a connection and its accounts. */
export const CONNECTION_PROBLEMS = {
  'connection.not-found': {
    owner: 'caller',
    en: {
      what: 'There is no such connection, or it is another tenant’s.',
      next: 'Check the id and the key.',
    },
    fr: {
      what: 'Cette connexion n’existe pas, ou elle appartient à un autre client.',
      next: 'Vérifiez l’identifiant et la clé.',
    },
  },
  'connection.already-exists': {
    owner: 'caller',
    en: {
      what: 'This tenant, account and IBAN have a connection already.',
      next: 'Use the `connectionId` of the answer.',
    },
    fr: {
      what: 'Ce client, ce compte et cet IBAN ont déjà une connexion.',
      next: 'Utilisez le `connectionId` de la réponse.',
    },
  },
  'connection.not-linked': {
    owner: 'user',
    en: { what: 'No bank is linked yet.', next: 'Let the account holder open the link.' },
    fr: {
      what: 'Aucune banque n’est encore reliée.',
      next: 'Demandez au titulaire du compte d’ouvrir le lien.',
    },
  },
  'connection.disconnected': {
    owner: 'caller',
    en: {
      what: 'The connection is disconnected; nothing more is imported, what was imported stays.',
      next: 'Open it again to use it.',
    },
    fr: {
      what: 'La connexion est déconnectée ; rien de plus n’est importé, ce qui a été importé reste.',
      next: 'Ouvrez-la de nouveau pour l’utiliser.',
    },
  },
  'connection.gone': {
    owner: 'caller',
    en: {
      what: 'The provider has deleted this connection, so it is disconnected here as well; what was imported stays.',
      next: 'Open it again to use it.',
    },
    fr: {
      what: 'Le prestataire a supprimé cette connexion, elle est donc déconnectée ici aussi ; ce qui a été importé reste.',
      next: 'Ouvrez-la de nouveau pour l’utiliser.',
    },
  },
  'connection.no-access': {
    owner: 'user',
    en: {
      what: 'No access to the provider is stored for this connection.',
      next: 'The account holder must link the bank again.',
    },
    fr: {
      what: 'Aucun accès au prestataire n’est enregistré pour cette connexion.',
      next: 'Le titulaire du compte doit relier la banque de nouveau.',
    },
  },
  'link.unknown-state': {
    owner: 'caller',
    en: { what: 'This link is not one of ours.', next: 'Ask for a fresh link.' },
    fr: { what: 'Ce lien n’est pas l’un des nôtres.', next: 'Demandez un nouveau lien.' },
  },
  'link.state-used': {
    owner: 'caller',
    en: { what: 'This link was used already.', next: 'Ask for a fresh link.' },
    fr: { what: 'Ce lien a déjà servi.', next: 'Demandez un nouveau lien.' },
  },
  'link.state-expired': {
    owner: 'caller',
    en: { what: 'This link has expired.', next: 'Ask for a fresh link.' },
    fr: { what: 'Ce lien a expiré.', next: 'Demandez un nouveau lien.' },
  },
  'link.nothing-linked': {
    owner: 'user',
    en: {
      what: 'The provider shows no linked bank yet.',
      next: 'Load the page again in a moment, or ask for a fresh link.',
    },
    fr: {
      what: 'Le prestataire ne montre pas encore de banque reliée.',
      next: 'Rechargez la page dans un instant, ou demandez un nouveau lien.',
    },
  },
  'link.made': {
    owner: 'time',
    en: { what: 'The bank is linked.', next: 'A sync begins by itself.' },
    fr: { what: 'La banque est reliée.', next: 'Une synchronisation commence d’elle-même.' },
  },
  'link.others-found': {
    owner: 'caller',
    en: {
      what: 'The account holder linked {links} more ({each}), from which nothing is imported; they end with this connection.',
      each: '{account}',
      next: 'Open a connection for each account that is wanted (POST /v1/connections) and have it linked there.',
    },
    fr: {
      what: 'Le titulaire du compte a relié {links} autre(s) banque(s) ({each}), dont rien n’est importé ; ces liens prennent fin avec cette connexion.',
      each: '{account}',
      next: 'Ouvrez une connexion pour chaque compte souhaité (POST /v1/connections) et faites-le relier par elle.',
    },
  },
  'consent.expiring': {
    owner: 'user',
    en: {
      what: 'The account holder’s consent ends on {day} (UTC), in {days} day(s).',
      next: 'Send them a fresh link before (POST /v1/connections/{id}/link).',
    },
    fr: {
      what: 'Le consentement du titulaire du compte prend fin le {day} (UTC), dans {days} jour(s).',
      next: 'Envoyez-lui un nouveau lien avant (POST /v1/connections/{id}/link).',
    },
  },
  'consent.expiring-today': {
    owner: 'user',
    en: {
      what: 'The account holder’s consent ends today, {day} (UTC).',
      next: 'Send them a fresh link before (POST /v1/connections/{id}/link).',
    },
    fr: {
      what: 'Le consentement du titulaire du compte prend fin aujourd’hui, le {day} (UTC).',
      next: 'Envoyez-lui un nouveau lien avant (POST /v1/connections/{id}/link).',
    },
  },
  'credentials.refused': {
    owner: 'caller',
    en: {
      what: 'The provider does not accept this access token.',
      next: 'Obtain a new one, or open the connection without credentials.',
    },
    fr: {
      what: 'Le prestataire n’accepte pas ce jeton d’accès.',
      next: 'Obtenez-en un nouveau, ou ouvrez la connexion sans identifiants.',
    },
  },
  'credentials.account-not-found': {
    owner: 'user',
    en: {
      what: 'With this access the provider shares no account with this IBAN.',
      next: 'Let the account holder share it.',
    },
    fr: {
      what: 'Avec cet accès, le prestataire ne partage aucun compte portant cet IBAN.',
      next: 'Demandez au titulaire de partager ce compte.',
    },
  },
  'account.unknown': {
    owner: 'caller',
    en: {
      what: 'The connection has no such bank account.',
      next: 'See GET /v1/connections/{id}/accounts.',
    },
    fr: {
      what: 'La connexion n’a pas ce compte bancaire.',
      next: 'Consultez GET /v1/connections/{id}/accounts.',
    },
  },
  'account.unknown-ledger': {
    owner: 'caller',
    en: {
      what: 'There is no such ledger to continue.',
      next: 'Take a `ledgerId` of GET /v1/connections/{id}/accounts.',
    },
    fr: {
      what: 'Il n’existe pas de tel grand livre à poursuivre.',
      next: 'Prenez un `ledgerId` de GET /v1/connections/{id}/accounts.',
    },
  },
  'account.not-shared': {
    owner: 'user',
    en: {
      what: 'The holder does not share this account, or the bank shows it no longer.',
      next: 'Let the account holder tick it on a fresh link.',
    },
    fr: {
      what: 'Le titulaire ne partage pas ce compte, ou la banque ne le montre plus.',
      next: 'Demandez au titulaire de le cocher sur un nouveau lien.',
    },
  },
  'account.id-in-use': {
    owner: 'caller',
    en: {
      what: 'Another bank account is imported as that account.',
      next: 'Ignore that one first, or give another `accountId`.',
    },
    fr: {
      what: 'Un autre compte bancaire est importé sous ce compte.',
      next: 'Ignorez-le d’abord, ou donnez un autre `accountId`.',
    },
  },
  'account.ledger-in-use': {
    owner: 'caller',
    en: {
      what: 'Another bank account is imported into that ledger, by this connection or another one.',
      next: 'Ignore that one first, or track this one without a `ledgerId`: it gets a ledger of its own.',
    },
    fr: {
      what: 'Un autre compte bancaire est importé dans ce grand livre, par cette connexion ou par une autre.',
      next: 'Ignorez-le d’abord, ou suivez celui-ci sans `ledgerId` : il aura son propre grand livre.',
    },
  },
  'account.ledger-currency': {
    owner: 'caller',
    en: {
      what: 'That ledger is kept in another currency than this account.',
      next: 'Track the account without a `ledgerId`: it gets a ledger of its own.',
    },
    fr: {
      what: 'Ce grand livre est tenu dans une autre devise que ce compte.',
      next: 'Suivez le compte sans `ledgerId` : il aura son propre grand livre.',
    },
  },
  'account.not-found': {
    owner: 'user',
    en: {
      what: 'The linked bank shares no account with the IBAN of this connection, or no longer one that is imported ({each}).',
      each: 'account {accountId}',
      next: 'Link again and tick that account (POST /v1/connections/{id}/link makes a fresh link).',
    },
    fr: {
      what: 'La banque reliée ne partage aucun compte portant l’IBAN de cette connexion, ou ne partage plus un compte importé ({each}).',
      each: 'compte {accountId}',
      next: 'Reliez la banque de nouveau en cochant ce compte (POST /v1/connections/{id}/link crée un nouveau lien).',
    },
  },
  'account.ambiguous': {
    owner: 'caller',
    en: {
      what: 'Several accounts of the bank could be the one that is asked for ({each}), so none of them is imported.',
      each: 'account {accountId}',
      next: 'Decide: GET /v1/connections/{id}/accounts shows them, PUT /v1/connections/{id}/accounts/{account} tracks or ignores one.',
    },
    fr: {
      what: 'Plusieurs comptes de la banque peuvent être celui qui est demandé ({each}) ; aucun n’est donc importé.',
      each: 'compte {accountId}',
      next: 'Décidez : GET /v1/connections/{id}/accounts les montre, PUT /v1/connections/{id}/accounts/{account} en suit ou en ignore un.',
    },
  },
  'account.none-tracked': {
    owner: 'caller',
    en: {
      what: 'Every account of this connection is ignored, so nothing is imported.',
      next: 'Track one (PUT /v1/connections/{id}/accounts/{account}) or disconnect.',
    },
    fr: {
      what: 'Tous les comptes de cette connexion sont ignorés ; rien n’est donc importé.',
      next: 'Suivez-en un (PUT /v1/connections/{id}/accounts/{account}) ou déconnectez.',
    },
  },
  'account.hidden': {
    owner: 'time',
    en: {
      what: 'The provider does not show the accounts that are imported ({each}) while its link to the bank is disturbed; nothing was read of them, and nothing is taken as gone.',
      each: 'account {accountId}',
      next: 'The next sync looks again.',
    },
    fr: {
      what: 'Le prestataire ne montre pas les comptes importés ({each}) tant que son lien avec la banque est perturbé ; rien n’en a été lu, et rien n’est tenu pour disparu.',
      each: 'compte {accountId}',
      next: 'La prochaine synchronisation regardera de nouveau.',
    },
  },
  'account.failing': {
    owner: 'provider',
    en: {
      what: 'The provider cannot read an account at the bank, though it reaches the others ({each}); what it had was read.',
      each: 'account {accountId}: {error}',
      next: 'We look again at each sync; if it lasts, the operator asks the provider, and a fresh link (POST /v1/connections/{id}/link) often cures it.',
    },
    fr: {
      what: 'Le prestataire ne peut pas lire un compte à la banque, alors qu’il joint les autres ({each}) ; ce qu’il avait a été lu.',
      each: 'compte {accountId} : {error}',
      next: 'Nous regardons de nouveau à chaque synchronisation ; si cela dure, l’exploitant interroge le prestataire, et un nouveau lien (POST /v1/connections/{id}/link) y remédie souvent.',
    },
  },
  'account.stale': {
    owner: 'provider',
    en: {
      what: 'The provider reaches the bank, but has brought nothing of an account for much longer than is usual for this connection ({each}); what it had was read.',
      each: 'account {accountId}: last read {refreshedAt}',
      next: 'We look again at each sync; if it lasts, the operator asks the provider, and a fresh link (POST /v1/connections/{id}/link) often cures it.',
    },
    fr: {
      what: 'Le prestataire joint la banque, mais n’a rien rapporté d’un compte depuis bien plus longtemps que d’habitude pour cette connexion ({each}) ; ce qu’il avait a été lu.',
      each: 'compte {accountId} : lu pour la dernière fois le {refreshedAt}',
      next: 'Nous regardons de nouveau à chaque synchronisation ; si cela dure, l’exploitant interroge le prestataire, et un nouveau lien (POST /v1/connections/{id}/link) y remédie souvent.',
    },
  },
} as const satisfies ProblemEntries;
