import type { ProblemEntries } from './problem-words.js';

/** What the provider as such, or our dealings with it, keep from working. */
export const PROVIDER_PROBLEMS = {
  'provider.not-configured': {
    owner: 'operator',
    en: {
      what: 'This installation has no credentials for the provider.',
      next: 'The operator sets its client id, secret and base URL.',
    },
    fr: {
      what: 'Cette installation n’a pas d’identifiants pour le prestataire.',
      next: 'L’exploitant renseigne son identifiant client, son secret et son adresse.',
    },
  },
  'provider.failed': {
    owner: 'operator',
    en: {
      what: 'The provider refused; `providerCode` says what.',
      next: 'The operator checks the provider’s credentials.',
    },
    fr: {
      what: 'Le prestataire a refusé ; `providerCode` dit quoi.',
      next: 'L’exploitant vérifie les identifiants du prestataire.',
    },
  },
  'provider.unavailable': {
    owner: 'time',
    en: { what: 'The provider does not answer, or asks us to wait.', next: 'Repeat later.' },
    fr: {
      what: 'Le prestataire ne répond pas, ou demande d’attendre.',
      next: 'Recommencez plus tard.',
    },
  },
  'provider.not-refreshed-yet': {
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
  'provider.silent': {
    owner: 'provider',
    en: {
      what: 'The provider reports no problem, but has brought nothing from the bank for much longer than is usual for this connection.',
      next: 'The operator asks the provider; a fresh link often wakes it.',
    },
    fr: {
      what: 'Le prestataire ne signale aucun problème, mais n’a rien rapporté de la banque depuis bien plus longtemps que d’habitude pour cette connexion.',
      next: 'L’exploitant interroge le prestataire ; un nouveau lien le réveille souvent.',
    },
  },
} as const satisfies ProblemEntries;
