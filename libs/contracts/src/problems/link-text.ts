import type { OtherLinkView } from '../views/other-link.view.js';
import { findProblem } from './problem-catalogue.js';
import { problemText, wordsOf } from './problem-text.js';
import type { Language } from './problem-words.js';
import { linkRefusal, statusText } from './status-text.js';

type Links = readonly {
  readonly accounts: readonly Pick<OtherLinkView['accounts'][number], 'iban' | 'name'>[];
}[];

/** Why no link came of a page, with a next step. */
export const linkRefusalText = (
  refusal: { readonly code: string; readonly by: 'user' | 'provider' },
  language: Language,
): string => `${refusal.code}: ${statusText(linkRefusal(refusal), language)}`;

const OTHERS = 'link.others-found';

/** What the holder linked besides, with a next step. */
export const otherLinksText = (links: Links, language: Language): string => {
  const found = findProblem(OTHERS);
  const accounts = links.flatMap((link) => link.accounts.map(({ iban, name }) => iban ?? name));
  const parameters = { links: String(links.length) };
  const cases = accounts.map((account) => ({ code: OTHERS, parameters: { ...parameters, account } }));
  return found ? wordsOf(found, cases.length > 0 ? cases : [{ code: OTHERS, parameters }], language) : OTHERS;
};

/** What came of a link page that ended well. */
export const linkedText = (otherLinks: Links, language: Language): string => {
  const linked = problemText({ code: 'link.made' }, language) ?? '';
  return otherLinks.length === 0 ? linked : `${linked} ${otherLinksText(otherLinks, language)}`;
};

/** A consent that soon ends, with a next step. `expiresAt`: ISO 8601 UTC. */
export const consentText = (
  { expiresAt, daysLeft }: { readonly expiresAt: string; readonly daysLeft: number },
  language: Language,
): string => {
  const parameters = { day: expiresAt.slice(0, 10), days: String(daysLeft) };
  const code = daysLeft === 0 ? 'consent.expiring-today' : 'consent.expiring';
  return problemText({ code, parameters }, language) ?? '';
};
