import type { ProblemEntries } from './problem-words.js';

/** Why the door takes no webhook, as its metric counts it; who sent it is told no more than the status. */
export const WEBHOOK_REFUSALS = {
  'missing-signature': {
    owner: 'operator',
    en: {
      what: 'It bears no signature.',
      next: 'If it is the provider’s, look at the webhook’s authentication in its console.',
    },
    fr: {
      what: 'Il ne porte pas de signature.',
      next: 'S’il vient du prestataire, regardez l’authentification du webhook dans sa console.',
    },
  },
  'malformed-signature': {
    owner: 'operator',
    en: {
      what: 'Its signature is not written as the scheme says.',
      next: 'If it is the provider’s, look at what the proxy in front of the door does to headers.',
    },
    fr: {
      what: 'Sa signature n’est pas écrite comme le veut le procédé.',
      next: 'S’il vient du prestataire, regardez ce que le proxy devant la porte fait des en-têtes.',
    },
  },
  'wrong-signature': {
    owner: 'operator',
    en: {
      what: 'Its signature was made with another secret, or of other bytes or another path.',
      next: 'Compare the secret with the provider’s, and WEBHOOK_PUBLIC_PATH with what the proxy takes away.',
    },
    fr: {
      what: 'Sa signature a été faite avec un autre secret, ou sur d’autres octets ou un autre chemin.',
      next: 'Comparez le secret avec celui du prestataire, et WEBHOOK_PUBLIC_PATH avec ce que le proxy retire.',
    },
  },
  'stale-signature': {
    owner: 'operator',
    en: {
      what: 'It was signed too long ago, or in the future.',
      next: 'If they come in numbers, look at the clock of this machine.',
    },
    fr: {
      what: 'Il a été signé il y a trop longtemps, ou dans le futur.',
      next: 'S’ils sont nombreux, regardez l’horloge de cette machine.',
    },
  },
  'too-many': {
    owner: 'time',
    en: {
      what: 'Its sender sent too much that could not be verified.',
      next: 'It is heard again a moment after it stops.',
    },
    fr: {
      what: 'Son expéditeur a trop envoyé de demandes invérifiables.',
      next: 'Il sera de nouveau entendu un moment après avoir cessé.',
    },
  },
  'too-large': {
    owner: 'provider',
    en: { what: 'Its body is larger than the door takes.', next: 'The provider must send less at once.' },
    fr: {
      what: 'Son corps est plus grand que ce que la porte accepte.',
      next: 'Le prestataire doit envoyer moins à la fois.',
    },
  },
  slow: {
    owner: 'time',
    en: { what: 'Its body came too slowly.', next: 'The provider delivers it again.' },
    fr: { what: 'Son corps est arrivé trop lentement.', next: 'Le prestataire le livrera de nouveau.' },
  },
  'broken-off': {
    owner: 'time',
    en: { what: 'Its sender left before the end of the body.', next: 'The provider delivers it again.' },
    fr: {
      what: 'Son expéditeur est parti avant la fin du corps.',
      next: 'Le prestataire le livrera de nouveau.',
    },
  },
  busy: {
    owner: 'time',
    en: { what: 'There was no room for its body.', next: 'The provider delivers it again.' },
    fr: { what: 'Il n’y avait pas de place pour son corps.', next: 'Le prestataire le livrera de nouveau.' },
  },
  unsupported: {
    owner: 'provider',
    en: {
      what: 'Its body comes in an encoding that the door does not know.',
      next: 'The provider must send it plain or as gzip.',
    },
    fr: {
      what: 'Son corps arrive dans un encodage que la porte ne connaît pas.',
      next: 'Le prestataire doit l’envoyer tel quel ou en gzip.',
    },
  },
  'method-not-allowed': {
    owner: 'caller',
    en: { what: 'It is no POST.', next: 'Webhooks are sent by POST.' },
    fr: { what: 'Ce n’est pas un POST.', next: 'Les webhooks s’envoient par POST.' },
  },
  'log-unavailable': {
    owner: 'time',
    en: {
      what: 'The log did not answer in time, so it was not stored.',
      next: 'The provider delivers it again; if it lasts, the operator looks at the event store.',
    },
    fr: {
      what: 'Le journal n’a pas répondu à temps ; il n’a donc pas été enregistré.',
      next: 'Le prestataire le livrera de nouveau ; si cela dure, l’exploitant regarde le journal d’événements.',
    },
  },
  'log-refused': {
    owner: 'operator',
    en: {
      what: 'The log is there and did not take it.',
      next: 'The door’s own log lines say why.',
    },
    fr: {
      what: 'Le journal est là et ne l’a pas accepté.',
      next: 'Les lignes de log de la porte disent pourquoi.',
    },
  },
} as const satisfies ProblemEntries;

/** A refusal without words does not compile. */
export type WebhookRefusalCode = keyof typeof WEBHOOK_REFUSALS;
