const TAG = /<(input|form)\b([^>]*)>/gi;
const ATTRIBUTE = /([\w-]+)(?:="([^"]*)")?/g;
const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
  '&lt;': '<',
  '&gt;': '>',
};

const unescape = (text: string): string =>
  text.replace(/&(amp|quot|#39|lt|gt);/g, (entity) => ENTITIES[entity] ?? entity);

const attributesOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(ATTRIBUTE)].map(([, name = '', value = '']) => [name.toLowerCase(), unescape(value)]),
  );

/** The fields of a page's form as a browser would send them: what is filled in, ticked or hidden. */
const fieldsOf = (html: string): URLSearchParams => {
  const fields = new URLSearchParams();
  for (const [, tag = '', text = ''] of html.matchAll(TAG)) {
    const attributes = attributesOf(text);
    const name = attributes.get('name');
    const isChoice = ['checkbox', 'radio'].includes(attributes.get('type') ?? '');
    if (tag.toLowerCase() !== 'input' || name === undefined || (isChoice && !attributes.has('checked')))
      continue;
    fields.append(name, attributes.get('value') ?? '');
  }
  return fields;
};

/**
 * Does what a person does on the sandbox bank's link page: opens it and presses `action`. Returns the address that the
 * browser is sent back to. For demonstrations and tests; a real provider's page is for people only.
 */
export const pressOnLinkPage = async (
  linkUrl: string,
  action: 'link' | 'cancel' = 'link',
): Promise<string> => {
  const page = await fetch(linkUrl);
  const html = await page.text();
  if (!page.ok) throw new Error(`The link page answered ${page.status}.`);
  const fields = fieldsOf(html);
  fields.append('action', action);
  const answer = await fetch(page.url, { method: 'POST', body: fields, redirect: 'manual' });
  const location = answer.headers.get('location');
  await answer.body?.cancel();
  if (location === null) throw new Error(`The link page sent nobody back (status ${answer.status}).`);
  return new URL(location, page.url).href;
};
