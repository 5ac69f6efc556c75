import type { RefusalCode } from '#kernel';
import { findProblem, type FoundProblem } from './problem-catalogue.js';
import { wordsOf } from './problem-text.js';
import type { Language, ProblemEntries } from './problem-words.js';

/** Why a webhook led to no run: it is parked, or ignored. */
export const DELIVERY_REASONS = {
  'connection.unknown': {
    owner: 'time',
    en: {
      what: 'Nothing of ours is linked to what it speaks of.',
      next: 'It is acted on by itself when its connection is linked.',
    },
    fr: {
      what: 'Rien chez nous n’est relié à ce dont il parle.',
      next: 'Il sera traité de lui-même quand sa connexion sera reliée.',
    },
  },
  'connection.not-found': {
    owner: 'caller',
    en: {
      what: 'It names a connection that is not there.',
      next: 'Check the id that its sender was given.',
    },
    fr: {
      what: 'Il nomme une connexion qui n’existe pas.',
      next: 'Vérifiez l’identifiant qui a été donné à son expéditeur.',
    },
  },
  'connection.not-linked': {
    owner: 'user',
    en: {
      what: 'No bank is linked yet to the connection that it names.',
      next: 'It is acted on by itself when one is.',
    },
    fr: {
      what: 'Aucune banque n’est encore reliée à la connexion qu’il nomme.',
      next: 'Il sera traité de lui-même quand il y en aura une.',
    },
  },
  'connection.disconnected': {
    owner: 'caller',
    en: {
      what: 'Its connection is disconnected.',
      next: 'Open the connection again if its transactions are wanted.',
    },
    fr: {
      what: 'Sa connexion est déconnectée.',
      next: 'Ouvrez la connexion de nouveau si ses opérations sont souhaitées.',
    },
  },
  'connection.paused': {
    owner: 'caller',
    en: {
      what: 'Its connection is paused (syncEnabled: false).',
      next: 'After PATCH {"syncEnabled": true} the next sync reads what it was about.',
    },
    fr: {
      what: 'Sa connexion est suspendue (syncEnabled: false).',
      next: 'Après PATCH {"syncEnabled": true}, la prochaine synchronisation lira ce dont il parlait.',
    },
  },
  'delivery.repeated': {
    owner: 'nobody',
    en: {
      what: 'It repeats a webhook that was acted on before.',
      next: 'There is nothing to do.',
    },
    fr: {
      what: 'Il répète un webhook qui a déjà été traité.',
      next: 'Il n’y a rien à faire.',
    },
  },
  'notice.unrecognised': {
    owner: 'operator',
    en: {
      what: 'No rule of ours understands what it says.',
      next: 'It is kept: replay it after an update (POST /v1/deliveries/{id}/replay).',
    },
    fr: {
      what: 'Aucune de nos règles ne comprend ce qu’il dit.',
      next: 'Il est conservé : rejouez-le après une mise à jour (POST /v1/deliveries/{id}/replay).',
    },
  },
} as const satisfies ProblemEntries;

/** A code without words does not compile: what refuses a request for a run may park a webhook, too. */
export type DeliveryReason = keyof typeof DELIVERY_REASONS | RefusalCode;

const isOwn = (code: string): code is keyof typeof DELIVERY_REASONS => Object.hasOwn(DELIVERY_REASONS, code);

const found = (code: string): FoundProblem | null =>
  isOwn(code) ? { entry: DELIVERY_REASONS[code], parameters: {} } : findProblem(code);

/** The reason in words, with a next step; `null` for a code that this version does not know. */
export const deliveryReasonText = (code: string, language: Language): string | null => {
  const known = found(code);
  return known && wordsOf(known, [{ code }], language);
};
