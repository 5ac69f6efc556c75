import type { WebhookRefusalCode } from '#contracts';
import type { WebhookRefusal } from '#providers';
import type { Admission } from './webhook-door.js';

/** What a request is answered, and as what it is counted. */
export interface Answer {
  readonly status: number;
  readonly body: object;
  readonly retryAfterS?: number;
  /** `null`: it is not counted. */
  readonly outcome: Admission['kind'] | WebhookRefusalCode | null;
}

const RETRY_AFTER_S = 5;

export const refused = (outcome: WebhookRefusal['reason']): Answer => ({
  status: 401,
  body: { error: 'Invalid signature' },
  outcome,
});

export const TOO_MANY: Answer = {
  status: 429,
  body: { error: 'Too many requests that could not be verified' },
  retryAfterS: 1,
  outcome: 'too-many',
};

export const TOO_LARGE: Answer = { status: 413, body: { error: 'Body too large' }, outcome: 'too-large' };

export const TOO_SLOW: Answer = { status: 408, body: { error: 'Body too slow' }, outcome: 'slow' };

export const UNSUPPORTED: Answer = {
  status: 415,
  body: { error: 'Unsupported body' },
  outcome: 'unsupported',
};

export const BROKEN_OFF: Answer = { status: 400, body: { error: 'Body broken off' }, outcome: 'broken-off' };

export const BUSY: Answer = {
  status: 503,
  body: { error: 'No room at the moment; deliver again' },
  retryAfterS: RETRY_AFTER_S,
  outcome: 'busy',
};

export const NOT_STORED: Answer = {
  status: 503,
  body: { error: 'Not stored; deliver again' },
  retryAfterS: RETRY_AFTER_S,
  outcome: 'log-unavailable',
};

/** The log is there and does not take it: no rights, an append limit, a stream that was deleted for good. */
export const REFUSED_BY_LOG: Answer = { ...NOT_STORED, outcome: 'log-refused' };

const admittedBody = (admission: Admission): object => {
  if (admission.kind === 'ignored') return { status: 'ignored' };
  const { kind, scheme, deliveryId } = admission;
  return scheme === 'guide' ? { status: 'success', sync_log_id: deliveryId } : { status: kind, deliveryId };
};

export const admitted = (admission: Admission): Answer => ({
  status: 200,
  body: admittedBody(admission),
  outcome: admission.kind,
});
