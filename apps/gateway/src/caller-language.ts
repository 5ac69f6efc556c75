import { type Language, LANGUAGES } from '#contracts';

const DEFAULT: Language = 'en';
const RANGE = /^([a-z]{1,8}|\*)(?:-[a-z0-9-]+)?(?:\s*;\s*q=([01](?:\.\d{0,3})?))?$/;

interface Wish {
  readonly language: Language;
  readonly weight: number;
}

const wishOf = (range: string): readonly Wish[] => {
  const [, tag = '', weight = '1'] = RANGE.exec(range.trim().toLowerCase()) ?? [];
  const language = tag === '*' ? DEFAULT : LANGUAGES.find((each) => each === tag);
  return language && Number(weight) > 0 ? [{ language, weight: Number(weight) }] : [];
};

/** The language that an `Accept-Language` header likes best among ours, the earlier one of equals; English without a wish. */
export const callerLanguage = (header: string | undefined): Language => {
  const wishes = (header ?? '').split(',').flatMap(wishOf);
  const [best] = wishes.toSorted((a, b) => b.weight - a.weight);
  return best?.language ?? DEFAULT;
};
