/** The only source of the present for everything that is not pure; stamped once, at the edge. */
export abstract class Clock {
  /** ISO 8601 UTC with milliseconds. */
  abstract now(): string;
}

export class SystemClock extends Clock {
  override now(): string {
    return new Date().toISOString();
  }
}
