import {
  consentText, type Language, otherLinksText, problemReason, type PublicEvent, statusReasonText,
} from '#contracts'; // prettier-ignore
import type { Plain } from '../plain.js';
import { tellSync } from '../tell-sync.js';

const saying = <Data>(data: Plain<Data>, message: string): object => ({ ...data, message });

/** The data with its words in this language; `null` where it has none. */
const toldData = (event: PublicEvent, language: Language): object | null => {
  switch (event.type) {
    case 'passerelle.connection.action-required.v1':
      return saying(event.data, statusReasonText(problemReason(event.data), language));
    case 'passerelle.connection.consent-expiring.v1':
      return saying(event.data, consentText(event.data, language));
    case 'passerelle.connection.other-links-found.v1':
      return saying(event.data, otherLinksText(event.data.otherLinks, language));
    case 'passerelle.sync.completed.v1':
    case 'passerelle.sync.failed.v1':
      return tellSync(event.data, language);
    case 'passerelle.connection.linked.v1':
    case 'passerelle.connection.disconnected.v1':
    case 'passerelle.balance.observed.v1':
    case 'passerelle.transactions.imported.v1':
    case 'passerelle.transactions.amended.v1':
    case 'passerelle.transactions.removed.v1':
      return null;
  }
};

/** A public event in words of this language; it was published in English. */
export const tellEvent = (json: string, language: Language): string => {
  if (language === 'en') return json;
  const event = JSON.parse(json) as PublicEvent;
  const data = toldData(event, language);
  return data ? JSON.stringify({ ...(event as object), data }) : json;
};
