import type { CallCount } from '../bank-provider.js';

/** Of a run that a person waits for, so many requests go first; what follows is a long history, which keeps nobody waiting. */
const ATTENDED_CALLS = 10;

/** Whether the next request of a run is one that a person waits for. */
export const isAttended = ({ attended, count }: CallCount): boolean =>
  attended === true && count < ATTENDED_CALLS;
