export {
  fieldError,
  type FieldError,
  type FieldFault,
  type FieldFaultCode,
  fieldFaultText,
} from './field-faults.js';
export { accountStatusText } from './account-states.js';
export { type DeliveryReason, deliveryReasonText } from './delivery-reasons.js';
export { bankIncidentText } from './incident-text.js';
export { consentText, linkedText, linkRefusalText, otherLinksText } from './link-text.js';
export type { WebhookRefusalCode } from './webhook-refusals.js';
export { findProblem, PLAIN_PROBLEMS, type ProblemCode } from './problem-catalogue.js';
export {
  type ProblemCase,
  ownerAndWords,
  problemOwner,
  type ProblemParameters,
  problemsText,
  problemText,
} from './problem-text.js';
export { refreshText } from './refresh-text.js';
export {
  linkRefusal,
  problemReason,
  type StatusReason,
  statusReasonText,
  statusText,
} from './status-text.js';
export type { RowReason } from './row-reasons.js';
export { type Language, LANGUAGES, type ProblemOwner } from './problem-words.js';
