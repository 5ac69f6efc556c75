const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup that may be put into markup as it is. */
export class Html {
  constructor(readonly markup: string) {}
}

type Part = Html | readonly Html[] | string | number | false | null | undefined;

const isList = (part: Part): part is readonly Html[] => Array.isArray(part);

const markupOf = (part: Part): string => {
  if (part instanceof Html) return part.markup;
  if (isList(part)) return part.map((item) => item.markup).join('');
  return part === false || part === null || part === undefined
    ? ''
    : String(part).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
};

/** A template whose values are escaped unless they are {@link Html} themselves. */
export const html = (texts: TemplateStringsArray, ...parts: Part[]): Html =>
  new Html(texts.map((text, index) => text + markupOf(parts[index])).join(''));
