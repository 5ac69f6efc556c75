import {
  bankIncidentText, type ConnectionPageView, type ConnectionView, type Language, statusReasonText,
} from '#contracts'; // prettier-ignore
import type { Plain } from '../plain.js';

const tellReason = (
  {
    statusReason,
    statusReasonCode: code,
    statusReasonParameters: parameters,
    actionOwner,
  }: Plain<ConnectionView>,
  language: Language,
): string | null =>
  code === null
    ? statusReason
    : statusReasonText({ code, owner: actionOwner ?? 'nobody', parameters }, language);

const tellIncident = (
  incident: ConnectionView['bankIncident'],
  language: Language,
): ConnectionView['bankIncident'] =>
  incident && { ...(incident as Plain<typeof incident>), message: bankIncidentText(incident, language) };

/** The connection in words of this language; the service tells it in English. */
export const tellConnection = (view: Plain<ConnectionView>, language: Language): ConnectionView =>
  language === 'en'
    ? view
    : {
        ...view,
        statusReason: tellReason(view, language),
        bankIncident: tellIncident(view.bankIncident, language),
      };

export const tellConnections = (
  { items, nextCursor }: ConnectionPageView,
  language: Language,
): ConnectionPageView => ({ items: items.map((view) => tellConnection(view, language)), nextCursor });
