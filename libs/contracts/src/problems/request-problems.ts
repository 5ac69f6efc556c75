import type { ProblemEntries } from './problem-words.js';

/** Why a call as such is refused, whatever it is about. */
export const REQUEST_PROBLEMS = {
  'request.invalid': {
    owner: 'caller',
    en: {
      what: 'A field is unknown, missing or wrong, or the body is no JSON.',
      next: 'Correct what `errors` names.',
    },
    fr: {
      what: 'Un champ est inconnu, absent ou incorrect, ou le corps de la requête n’est pas du JSON.',
      next: 'Corrigez ce que `errors` indique.',
    },
  },
  'cursor.invalid': {
    owner: 'caller',
    en: { what: 'This cursor is not one of this list.', next: 'Begin without a cursor.' },
    fr: { what: 'Ce curseur n’appartient pas à cette liste.', next: 'Recommencez sans curseur.' },
  },
  'request.unauthorized': {
    owner: 'caller',
    en: {
      what: 'This call needs an API key that is known here.',
      next: 'Send `Authorization: Bearer <api key>`.',
    },
    fr: {
      what: 'Cet appel exige une clé d’API connue ici.',
      next: 'Envoyez `Authorization: Bearer <clé d’API>`.',
    },
  },
  'tenant.forbidden': {
    owner: 'caller',
    en: {
      what: 'This API key belongs to another tenant.',
      next: 'Use the key of that tenant, or an admin’s.',
    },
    fr: {
      what: 'Cette clé d’API appartient à un autre client (tenant).',
      next: 'Utilisez la clé de ce client ou celle d’un administrateur.',
    },
  },
  'request.forbidden': {
    owner: 'caller',
    en: { what: 'The HTTP layer refuses this request.', next: 'Check the address and the headers.' },
    fr: { what: 'La couche HTTP refuse cette requête.', next: 'Vérifiez l’adresse et les en-têtes.' },
  },
  'route.not-found': {
    owner: 'caller',
    en: { what: 'There is no such path.', next: 'See /docs.' },
    fr: { what: 'Ce chemin n’existe pas.', next: 'Consultez /docs.' },
  },
  'request.method-not-allowed': {
    owner: 'caller',
    en: { what: 'This path does not know this method.', next: 'See /docs.' },
    fr: { what: 'Ce chemin ne connaît pas cette méthode.', next: 'Consultez /docs.' },
  },
  'request.not-acceptable': {
    owner: 'caller',
    en: { what: 'The Accept header excludes JSON.', next: 'Accept `application/json`.' },
    fr: { what: 'L’en-tête Accept exclut le JSON.', next: 'Acceptez `application/json`.' },
  },
  'request.too-large': {
    owner: 'caller',
    en: { what: 'The body is over 256 KiB.', next: 'Send less.' },
    fr: { what: 'Le corps de la requête dépasse 256 Kio.', next: 'Envoyez moins de données.' },
  },
  'request.unsupported-media-type': {
    owner: 'caller',
    en: { what: 'The body is not declared as JSON.', next: 'Send `Content-Type: application/json`.' },
    fr: {
      what: 'Le corps de la requête n’est pas déclaré comme JSON.',
      next: 'Envoyez `Content-Type: application/json`.',
    },
  },
  'request.too-many': {
    owner: 'caller',
    en: { what: 'Too many requests.', next: 'Wait, then repeat.' },
    fr: { what: 'Trop de requêtes.', next: 'Attendez, puis recommencez.' },
  },
  'request.refused': {
    owner: 'caller',
    en: { what: 'The HTTP layer refuses this request.', next: 'See /docs.' },
    fr: { what: 'La couche HTTP refuse cette requête.', next: 'Consultez /docs.' },
  },
  'idempotency.in-progress': {
    owner: 'caller',
    en: {
      what: 'The first call with this Idempotency-Key is still at work.',
      next: 'Repeat it in a moment.',
    },
    fr: {
      what: 'Le premier appel avec cette Idempotency-Key est encore en cours.',
      next: 'Répétez-le dans un instant.',
    },
  },
  'idempotency.key-reused': {
    owner: 'caller',
    en: { what: 'This Idempotency-Key was used for another request.', next: 'Take a new key.' },
    fr: { what: 'Cette Idempotency-Key a servi pour une autre requête.', next: 'Prenez une nouvelle clé.' },
  },
  internal: {
    owner: 'operator',
    en: {
      what: 'Something unexpected happened on our side.',
      next: 'Tell the operator the X-Correlation-Id of the answer.',
    },
    fr: {
      what: 'Une erreur inattendue s’est produite de notre côté.',
      next: 'Donnez à l’exploitant le X-Correlation-Id de la réponse.',
    },
  },
  'service.unavailable': {
    owner: 'time',
    en: {
      what: 'A part of the service cannot be reached at the moment; with `reason: "timeout"` it is unknown whether it acted.',
      next: 'Repeat shortly, with the same Idempotency-Key.',
    },
    fr: {
      what: 'Une partie du service est momentanément injoignable ; avec `reason: "timeout"`, on ignore si elle a agi.',
      next: 'Recommencez sous peu, avec la même Idempotency-Key.',
    },
  },
  'vault.unknown-key': {
    owner: 'operator',
    en: {
      what: 'A stored secret was sealed with a key that is not in the ring.',
      next: 'The operator puts the old key back behind the new one in ENCRYPTION_KEY.',
    },
    fr: {
      what: 'Un secret enregistré a été scellé avec une clé qui n’est pas dans le trousseau.',
      next: 'L’exploitant remet l’ancienne clé derrière la nouvelle dans ENCRYPTION_KEY.',
    },
  },
  'webhookkeys.not-found': {
    owner: 'operator',
    en: {
      what: 'No webhook secret has this fingerprint.',
      next: 'See `npm run passerelle -- webhooks list`.',
    },
    fr: {
      what: 'Aucun secret de webhook ne porte cette empreinte.',
      next: 'Consultez `npm run passerelle -- webhooks list`.',
    },
  },
} as const satisfies ProblemEntries;
