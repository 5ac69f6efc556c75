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
  'bank.circuit-open': {
    owner: 'time',
    en: {
      what: 'This bank, or the provider on the way to it, failed {failures} times in a row, so it is left alone for a while and nothing was asked.',
      next: 'The sync is taken up again by itself after {until}; ask for one to try sooner.',
    },
    fr: {
      what: 'Cette banque, ou le prestataire qui y mène, a échoué {failures} fois de suite ; on la laisse donc tranquille un moment et rien n’a été demandé.',
      next: 'La synchronisation reprendra d’elle-même après {until} ; demandez-en une pour essayer plus tôt.',
    },
  },
  'bank.left-alone': {
    owner: 'time',
    en: {
      what: 'This bank, or the provider on the way to it, fails for everybody: {failures} syncs in a row, of {connections} connections. It is left alone until {until}.',
      next: 'The next sync after that looks whether it answers again; ask for one to look at once.',
    },
    fr: {
      what: 'Cette banque, ou le prestataire qui y mène, échoue pour tout le monde : {failures} synchronisations de suite, de {connections} connexions. On la laisse tranquille jusqu’au {until}.',
      next: 'La prochaine synchronisation après cela regardera si elle répond de nouveau ; demandez-en une pour regarder tout de suite.',
    },
  },
  'bank.look-due': {
    owner: 'time',
    en: {
      what: 'This bank, or the provider on the way to it, has failed for everybody: {failures} syncs in a row, of {connections} connections.',
      next: 'The next sync looks whether it answers again; ask for one to look at once.',
    },
    fr: {
      what: 'Cette banque, ou le prestataire qui y mène, a échoué pour tout le monde : {failures} synchronisations de suite, de {connections} connexions.',
      next: 'La prochaine synchronisation regardera si elle répond de nouveau ; demandez-en une pour regarder tout de suite.',
    },
  },
  'bank.connection-left-alone': {
    owner: 'time',
    en: {
      what: 'This bank, or the provider on the way to it, failed {failures} times in a row for this connection; of others that is not known. It is left alone for this one until {until}.',
      next: 'The next sync after that looks whether it answers again; ask for one to look at once.',
    },
    fr: {
      what: 'Cette banque, ou le prestataire qui y mène, a échoué {failures} fois de suite pour cette connexion ; pour d’autres, on n’en sait rien. Pour celle-ci, on la laisse tranquille jusqu’au {until}.',
      next: 'La prochaine synchronisation après cela regardera si elle répond de nouveau ; demandez-en une pour regarder tout de suite.',
    },
  },
  'bank.connection-look-due': {
    owner: 'time',
    en: {
      what: 'This bank, or the provider on the way to it, has failed {failures} times in a row for this connection; of others that is not known.',
      next: 'The next sync looks whether it answers again; ask for one to look at once.',
    },
    fr: {
      what: 'Cette banque, ou le prestataire qui y mène, a échoué {failures} fois de suite pour cette connexion ; pour d’autres, on n’en sait rien.',
      next: 'La prochaine synchronisation regardera si elle répond de nouveau ; demandez-en une pour regarder tout de suite.',
    },
  },
  'refresh.too-soon': {
    owner: 'time',
    en: {
      what: 'The provider was asked to look at the bank a moment ago already, so it was not asked again; what it had was read.',
      next: 'If something is missing, ask again after {until}.',
    },
    fr: {
      what: 'Le prestataire a déjà été prié il y a un instant d’interroger la banque, il ne l’a donc pas été de nouveau ; ce qu’il avait a été lu.',
      next: 'S’il manque quelque chose, redemandez après {until}.',
    },
  },
  'refresh.bank-not-ready': {
    owner: 'time',
    en: {
      what: 'The provider cannot reach the bank at the moment and tries again by itself; what it had was read.',
      next: 'If something is missing, ask again after {until}.',
    },
    fr: {
      what: 'Le prestataire ne joint pas la banque pour l’instant et réessaie de lui-même ; ce qu’il avait a été lu.',
      next: 'S’il manque quelque chose, redemandez après {until}.',
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
  'provider.inactive': {
    owner: 'operator',
    en: {
      what: 'The provider does not refresh this connection by itself: that is switched off there, so nothing new from the bank may come.',
      next: 'The operator has the provider switch it on again.',
    },
    fr: {
      what: 'Le prestataire n’actualise pas cette connexion de lui-même : c’est désactivé chez lui, si bien que rien de nouveau ne vient peut-être de la banque.',
      next: 'L’exploitant le fait réactiver par le prestataire.',
    },
  },
} as const satisfies ProblemEntries;
