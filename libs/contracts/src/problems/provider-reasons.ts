import type { ProblemEntries } from './problem-words.js';

/** What goes wrong at a provider, by the reason in `powens.<reason>` and `tink.<reason>`; `{provider}` is its name. */
export const PROVIDER_REASONS = {
  'action-needed': {
    owner: 'user',
    en: {
      what: 'The account holder must act on the bank’s own site.',
      next: 'The account holder must act: send them a fresh link (POST /v1/connections/{id}/link).',
    },
    fr: {
      what: 'Le titulaire du compte doit intervenir sur le site de sa banque.',
      next: 'Le titulaire du compte doit agir : envoyez-lui un nouveau lien (POST /v1/connections/{id}/link).',
    },
  },
  'bank-message': {
    owner: 'user',
    en: {
      what: 'The bank waits until the account holder has read a message on its own site.',
      next: 'The account holder reads it there, then links again (POST /v1/connections/{id}/link).',
    },
    fr: {
      what: 'La banque attend que le titulaire du compte ait lu un message sur son site.',
      next: 'Le titulaire le lit, puis relie la banque de nouveau (POST /v1/connections/{id}/link).',
    },
  },
  'bank-unavailable': {
    owner: 'time',
    en: { what: 'The bank does not answer {provider}.', next: 'The next sync tries again by itself.' },
    fr: {
      what: 'La banque ne répond pas à {provider}.',
      next: 'La prochaine synchronisation réessaiera d’elle-même.',
    },
  },
  'budget-spent': {
    owner: 'time',
    en: {
      what: 'The calls that {provider} allows in a minute are used up.',
      next: 'It is tried again by itself as soon as that is allowed (`nextAllowedAt`).',
    },
    fr: {
      what: 'Les appels que {provider} autorise par minute sont épuisés.',
      next: 'Un nouvel essai se fait de lui-même dès que c’est permis (`nextAllowedAt`).',
    },
  },
  'budget-unknown': {
    owner: 'time',
    en: {
      what: 'How many calls {provider} still allows could not be found out, so none was made.',
      next: 'The next sync tries again by itself; if it lasts, the operator looks at the database.',
    },
    fr: {
      what: 'Impossible de savoir combien d’appels {provider} autorise encore ; aucun n’a donc été fait.',
      next: 'La prochaine synchronisation réessaiera d’elle-même ; si cela dure, l’exploitant regarde la base de données.',
    },
  },
  'client-refused': {
    owner: 'operator',
    en: {
      what: '{provider} refuses our own credentials.',
      next: 'The operator checks the client id, the secret and the base URL of {provider}.',
    },
    fr: {
      what: '{provider} refuse nos propres identifiants.',
      next: 'L’exploitant vérifie l’identifiant client, le secret et l’adresse de {provider}.',
    },
  },
  'config-token-refused': {
    owner: 'operator',
    en: {
      what: '{provider} refuses the configuration token.',
      next: 'The operator makes a new one in the provider’s console.',
    },
    fr: {
      what: '{provider} refuse le jeton de configuration.',
      next: 'L’exploitant en crée un nouveau dans la console du prestataire.',
    },
  },
  configuration: {
    owner: 'operator',
    en: {
      what: 'Our domain is not configured rightly at {provider}.',
      next: 'The operator checks its configuration in the provider’s console.',
    },
    fr: {
      what: 'Notre domaine est mal configuré chez {provider}.',
      next: 'L’exploitant vérifie la configuration dans la console du prestataire.',
    },
  },
  conflict: {
    owner: 'time',
    en: { what: '{provider} is busy with this connection.', next: 'The next sync tries again by itself.' },
    fr: {
      what: '{provider} est occupé avec cette connexion.',
      next: 'La prochaine synchronisation réessaiera d’elle-même.',
    },
  },
  'connection-locked': {
    owner: 'operator',
    en: {
      what: 'The connection is read-only at {provider}.',
      next: 'The operator asks the provider; else disconnect and open the connection again.',
    },
    fr: {
      what: 'La connexion est en lecture seule chez {provider}.',
      next: 'L’exploitant interroge le prestataire ; sinon, déconnectez et ouvrez la connexion de nouveau.',
    },
  },
  'foreign-link': {
    owner: 'operator',
    en: {
      what: '{provider} pointed to another host than its own; it was not followed.',
      next: 'Tell the operator, with the id of this run.',
    },
    fr: {
      what: '{provider} a renvoyé vers un autre hôte que le sien ; il n’a pas été suivi.',
      next: 'Prévenez l’exploitant, avec l’identifiant de cette synchronisation.',
    },
  },
  'invalid-request': {
    owner: 'operator',
    en: {
      what: '{provider} did not understand our request.',
      next: 'Tell the operator, with the id of this run.',
    },
    fr: {
      what: '{provider} n’a pas compris notre requête.',
      next: 'Prévenez l’exploitant, avec l’identifiant de cette synchronisation.',
    },
  },
  'no-account': {
    owner: 'user',
    en: {
      what: 'No bank account is shared.',
      next: 'The account holder links again and ticks an account (POST /v1/connections/{id}/link).',
    },
    fr: {
      what: 'Aucun compte bancaire n’est partagé.',
      next: 'Le titulaire du compte relie la banque de nouveau en cochant un compte (POST /v1/connections/{id}/link).',
    },
  },
  'not-found': {
    owner: 'user',
    en: {
      what: '{provider} does not know this connection, or no longer.',
      next: 'Link the bank again (POST /v1/connections/{id}/link); if several connections show it, the operator checks the provider’s credentials.',
    },
    fr: {
      what: '{provider} ne connaît pas cette connexion, ou ne la connaît plus.',
      next: 'Reliez la banque de nouveau (POST /v1/connections/{id}/link) ; si plusieurs connexions sont touchées, l’exploitant vérifie les identifiants du prestataire.',
    },
  },
  'not-linked': {
    owner: 'user',
    en: {
      what: 'The account holder has not linked a bank at {provider} yet.',
      next: 'The account holder must act: send them a fresh link (POST /v1/connections/{id}/link).',
    },
    fr: {
      what: 'Le titulaire du compte n’a pas encore relié de banque chez {provider}.',
      next: 'Le titulaire du compte doit agir : envoyez-lui un nouveau lien (POST /v1/connections/{id}/link).',
    },
  },
  'not-supported': {
    owner: 'nobody',
    en: {
      what: '{provider} cannot do this for this bank.',
      next: 'Disconnect, and open the connection through another provider.',
    },
    fr: {
      what: '{provider} ne sait pas le faire pour cette banque.',
      next: 'Déconnectez, et ouvrez la connexion par un autre prestataire.',
    },
  },
  'outcome-unknown': {
    owner: 'operator',
    en: {
      what: '{provider} gave no clear answer to a request that may have been carried out; it is not repeated by itself.',
      next: 'Start again by hand.',
    },
    fr: {
      what: '{provider} n’a pas répondu clairement à une requête qui a pu être exécutée ; elle n’est pas répétée d’elle-même.',
      next: 'Recommencez à la main.',
    },
  },
  'rate-limited': {
    owner: 'time',
    en: {
      what: '{provider} had too many requests and asks us to wait.',
      next: 'It is tried again by itself as soon as that is allowed (`nextAllowedAt`).',
    },
    fr: {
      what: '{provider} a reçu trop de requêtes et demande d’attendre.',
      next: 'Un nouvel essai se fait de lui-même dès que c’est permis (`nextAllowedAt`).',
    },
  },
  'redirect-uri': {
    owner: 'operator',
    en: {
      what: 'The address that people come back to is not fit for {provider}.',
      next: 'The operator checks PUBLIC_URL.',
    },
    fr: {
      what: 'L’adresse de retour ne convient pas à {provider}.',
      next: 'L’exploitant vérifie PUBLIC_URL.',
    },
  },
  redirected: {
    owner: 'operator',
    en: {
      what: '{provider} redirected, which its API does not.',
      next: 'The operator checks the base URL of {provider}.',
    },
    fr: {
      what: '{provider} a redirigé la requête, ce que son API ne fait pas.',
      next: 'L’exploitant vérifie l’adresse de {provider}.',
    },
  },
  'scope-missing': {
    owner: 'operator',
    en: {
      what: 'Our app lacks a scope at {provider}.',
      next: 'The operator grants it in the provider’s console.',
    },
    fr: {
      what: 'Il manque un droit (scope) à notre application chez {provider}.',
      next: 'L’exploitant l’accorde dans la console du prestataire.',
    },
  },
  'server-error': {
    owner: 'time',
    en: { what: '{provider} has an internal error.', next: 'The next sync tries again by itself.' },
    fr: {
      what: '{provider} a une erreur interne.',
      next: 'La prochaine synchronisation réessaiera d’elle-même.',
    },
  },
  timeout: {
    owner: 'time',
    en: { what: '{provider} did not answer in time.', next: 'The next sync tries again by itself.' },
    fr: {
      what: '{provider} n’a pas répondu à temps.',
      next: 'La prochaine synchronisation réessaiera d’elle-même.',
    },
  },
  'token-refused': {
    owner: 'user',
    en: {
      what: '{provider} no longer accepts the access of the account holder.',
      next: 'The account holder must act: send them a fresh link (POST /v1/connections/{id}/link).',
    },
    fr: {
      what: '{provider} n’accepte plus l’accès du titulaire du compte.',
      next: 'Le titulaire du compte doit agir : envoyez-lui un nouveau lien (POST /v1/connections/{id}/link).',
    },
  },
  'too-many-syncs': {
    owner: 'time',
    en: {
      what: '{provider} refreshed this connection just now and does not do so again at once.',
      next: 'The next sync tries again by itself.',
    },
    fr: {
      what: '{provider} vient d’actualiser cette connexion et ne le refait pas aussitôt.',
      next: 'La prochaine synchronisation réessaiera d’elle-même.',
    },
  },
  unavailable: {
    owner: 'time',
    en: {
      what: '{provider} cannot serve requests at the moment.',
      next: 'The next sync tries again by itself.',
    },
    fr: {
      what: '{provider} est momentanément indisponible.',
      next: 'La prochaine synchronisation réessaiera d’elle-même.',
    },
  },
  unreachable: {
    owner: 'time',
    en: {
      what: '{provider} cannot be reached.',
      next: 'The next sync tries again by itself; if it lasts, the operator checks the network.',
    },
    fr: {
      what: '{provider} est injoignable.',
      next: 'La prochaine synchronisation réessaiera d’elle-même ; si cela dure, l’exploitant vérifie le réseau.',
    },
  },
  'unreadable-answer': {
    owner: 'operator',
    en: {
      what: '{provider} gave an answer that cannot be read; nothing was taken from it.',
      next: 'The next sync tries again; if it lasts, tell the operator, with the id of this run.',
    },
    fr: {
      what: '{provider} a donné une réponse illisible ; rien n’en a été repris.',
      next: 'La prochaine synchronisation réessaiera ; si cela dure, prévenez l’exploitant, avec l’identifiant de cette synchronisation.',
    },
  },
  'user-id': {
    owner: 'operator',
    en: {
      what: '{provider} created a user and did not say which.',
      next: 'Tell the operator, with the id of this run.',
    },
    fr: {
      what: '{provider} a créé un utilisateur sans dire lequel.',
      next: 'Prévenez l’exploitant, avec l’identifiant de cette synchronisation.',
    },
  },
  'user-unknown': {
    owner: 'user',
    en: {
      what: '{provider} refuses the access and does not know its holder.',
      next: 'Link the bank again (POST /v1/connections/{id}/link); if several connections show it, the operator checks the provider’s credentials.',
    },
    fr: {
      what: '{provider} refuse l’accès et n’en connaît pas le titulaire.',
      next: 'Reliez la banque de nouveau (POST /v1/connections/{id}/link) ; si plusieurs connexions sont touchées, l’exploitant vérifie les identifiants du prestataire.',
    },
  },
  'webhook-exists': {
    owner: 'operator',
    en: {
      what: '{provider} has a webhook for this address already.',
      next: 'The operator removes it at the provider, then registers again.',
    },
    fr: {
      what: '{provider} a déjà un webhook pour cette adresse.',
      next: 'L’exploitant le supprime chez le prestataire, puis recommence l’enregistrement.',
    },
  },
  'webhook-secret-lost': {
    owner: 'operator',
    en: {
      what: 'The secret of a webhook that was made at {provider} did not arrive.',
      next: 'The operator registers the webhooks again.',
    },
    fr: {
      what: 'Le secret d’un webhook créé chez {provider} n’est pas arrivé.',
      next: 'L’exploitant enregistre les webhooks de nouveau.',
    },
  },
  'wrong-password': {
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
} as const satisfies ProblemEntries;
