export const FAULT_KINDS = [
  'status-500',
  'html-503',
  'rate-limited',
  'hang',
  'drop',
  'delay',
  'repeated-next',
  'cross-host-next',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** How many more requests it spoils. */
  times: number;
  /** Only requests whose path contains this. */
  readonly path: string;
  /** Only requests of this user's token; `null`: of anybody. */
  readonly userId: number | null;
  readonly delayMs: number;
  readonly retryAfterSeconds: number;
}

/** What is to go wrong with the next requests on the provider's API. Not kept over a restart. */
export class Faults {
  private planned: Fault[] = [];

  plan(fault: Fault): void {
    this.planned.push(fault);
  }

  list(): readonly Fault[] {
    return this.planned;
  }

  clear(): void {
    this.planned = [];
  }

  /** What hits the request as a whole: delays, and the first of the others; each counts as used. */
  forRequest(path: string, userId: number | null): Fault[] {
    const delay = this.take(['delay'], path, userId);
    const other = this.take(['status-500', 'html-503', 'rate-limited', 'hang', 'drop'], path, userId);
    return [delay, other].filter((fault) => fault !== undefined);
  }

  /** The fault that spoils the `next` link of this page. */
  forLinks(path: string, userId: number | null): Fault | undefined {
    return this.take(['repeated-next', 'cross-host-next'], path, userId);
  }

  private take(kinds: readonly FaultKind[], path: string, userId: number | null): Fault | undefined {
    const hit = this.planned.find(
      (fault) =>
        kinds.includes(fault.kind) &&
        path.includes(fault.path) &&
        (fault.userId === null || fault.userId === userId),
    );
    if (!hit) return undefined;
    hit.times -= 1;
    this.planned = this.planned.filter((fault) => fault.times > 0);
    return hit;
  }
}
