import { type ConnectionPageView, type ConnectionView, type Language, statusReasonText } from '#contracts';
import type { Plain } from '../plain.js';

/** The connection in words of this language; the service tells it in English. */
export const tellConnection = (view: Plain<ConnectionView>, language: Language): ConnectionView => {
  const { statusReasonCode: code, statusReasonParameters: parameters, actionOwner } = view;
  if (language === 'en' || code === null) return view;
  const statusReason = statusReasonText({ code, owner: actionOwner ?? 'nobody', parameters }, language);
  return { ...view, statusReason };
};

export const tellConnections = (
  { items, nextCursor }: ConnectionPageView,
  language: Language,
): ConnectionPageView => ({ items: items.map((view) => tellConnection(view, language)), nextCursor });
