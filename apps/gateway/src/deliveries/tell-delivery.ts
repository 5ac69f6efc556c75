import {
  type DeliveryDetailsView, type DeliveryPageView, deliveryReasonText, type DeliveryStepView, type DeliveryView, type Language,
} from '#contracts'; // prettier-ignore
import type { Plain } from '../plain.js';

type Reasoned = Plain<Pick<DeliveryView | DeliveryStepView, 'reason' | 'reasonText'>>;

const told = <View extends Reasoned>(view: View, language: Language): View => {
  const { reason, reasonText } = view;
  const text = reason === null ? null : deliveryReasonText(reason, language);
  return { ...view, reasonText: text ?? reasonText };
};

/** The delivery in words of this language; the service tells it in English. */
export const tellDelivery = (
  view: Plain<DeliveryDetailsView>,
  language: Language,
): Plain<DeliveryDetailsView> =>
  language === 'en'
    ? view
    : { ...told(view, language), history: view.history.map((step) => told(step, language)) };

export const tellDeliveries = (
  { items, nextCursor }: DeliveryPageView,
  language: Language,
): DeliveryPageView => ({
  items: language === 'en' ? items : items.map((view) => told(view, language)),
  nextCursor,
});
