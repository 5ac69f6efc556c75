import type { Language } from './problem-words.js';

type FaultWords = Readonly<Record<Language, string>>;

/** What is wrong with one field of a refused request. `{name}` stands for a parameter; the field's own name goes before. */
export const FIELD_FAULTS = {
  'field.unknown': { en: 'is not a known field', fr: 'n’est pas un champ connu' },
  'field.missing': { en: 'is missing', fr: 'est absent' },
  'field.no-text': { en: 'must be a text', fr: 'doit être un texte' },
  'field.no-boolean': { en: 'must be true or false', fr: 'doit être true ou false' },
  'field.no-whole-number': { en: 'must be a whole number', fr: 'doit être un nombre entier' },
  'field.no-object': { en: 'must be a JSON object', fr: 'doit être un objet JSON' },
  'field.too-small': { en: 'must be at least {min}', fr: 'doit valoir au moins {min}' },
  'field.too-great': { en: 'must be at most {max}', fr: 'doit valoir au plus {max}' },
  'field.length': {
    en: 'must have {min} to {max} characters',
    fr: 'doit compter de {min} à {max} caractères',
  },
  'field.too-long': { en: 'must have at most {max} characters', fr: 'doit compter au plus {max} caractères' },
  'field.not-listed': { en: 'must be one of: {values}', fr: 'doit être l’une de ces valeurs : {values}' },
  'field.no-uuid': { en: 'must be a UUID', fr: 'doit être un UUID' },
  'field.no-bic': { en: 'must be a BIC, such as BNPAFRPP', fr: 'doit être un BIC, par exemple BNPAFRPP' },
  'field.no-iban': {
    en: 'is no IBAN: check the country code, the length and the characters',
    fr: 'n’est pas un IBAN : vérifiez le code du pays, la longueur et les caractères',
  },
  'field.iban-check-digits': {
    en: 'has wrong check digits: for this account number they are {digits}',
    fr: 'a une clé de contrôle fausse : pour ce numéro de compte, elle vaut {digits}',
  },
  'field.no-day': { en: 'must be a day, YYYY-MM-DD', fr: 'doit être un jour, AAAA-MM-JJ' },
  'field.no-such-day': {
    en: 'is no day of the calendar',
    fr: 'ne correspond à aucun jour du calendrier',
  },
  'field.before-from': { en: 'must not be before `from`', fr: 'ne doit pas précéder `from`' },
  'field.only-to-map': { en: 'is only for the action map', fr: 'n’est que pour l’action map' },
  'field.tenant-characters': {
    en: 'must consist of 1 to 64 of the characters A-Z a-z 0-9 _ -',
    fr: 'doit se composer de 1 à 64 des caractères A-Z a-z 0-9 _ -',
  },
  'field.unstorable': {
    en: 'must contain no control characters and no halves of characters',
    fr: 'ne doit contenir ni caractère de contrôle ni moitié de caractère',
  },
  'field.malformed': { en: 'is not of the expected form', fr: 'n’a pas la forme attendue' },
} as const satisfies Readonly<Record<string, FaultWords>>;

/** Stable; docs/errors.md lists them all. */
export type FieldFaultCode = keyof typeof FIELD_FAULTS;

export interface FieldFault {
  readonly code: FieldFaultCode;
  /** What the words name in braces. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** One wrong member of a request. */
export interface FieldError extends FieldFault {
  /** Path of the member: `credentials.accessToken`, `accounts.0.iban`. */
  readonly field: string;
  /** The fault in words. */
  readonly message: string;
}

const isKnown = (code: unknown): code is FieldFaultCode =>
  typeof code === 'string' && Object.hasOwn(FIELD_FAULTS, code);

/** The fault in words that follow the field's name; `null` for a code that this version does not know. */
export const fieldFaultText = (
  fault: { readonly code?: unknown; readonly parameters?: FieldFault['parameters'] },
  language: Language,
): string | null => {
  if (!isKnown(fault.code)) return null;
  const words: string = FIELD_FAULTS[fault.code][language];
  return words.replaceAll(/\{(\w+)\}/g, (place, name: string) => fault.parameters?.[name] ?? place);
};

export const fieldError = (
  field: string,
  code: FieldFaultCode,
  parameters: FieldFault['parameters'] = {},
): FieldError => ({
  field,
  code,
  parameters,
  message: fieldFaultText({ code, parameters }, 'en') ?? code,
});
