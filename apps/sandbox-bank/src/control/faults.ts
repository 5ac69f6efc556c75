/** The request itself goes wrong; the first four of them are not carried out. */
export const REQUEST_FAULTS = ['status-500', 'html-503', 'rate-limited', 'error', 'hang', 'drop'] as const;

/** The answer is spoilt after the request was carried out. */
export const ANSWER_FAULTS = [
  'lose-answer',
  'truncated-json',
  'broken-transfer',
  'empty-body',
  'html-200',
  'empty-list',
  'missing-list',
  'repeated-rows',
  'reversed-rows',
] as const;

/** The link to the next page is wrong. */
export const LINK_FAULTS = [
  'repeated-next',
  'looping-next',
  'endless-next',
  'cross-host-next',
  'other-port-next',
  'relative-next',
  'no-links',
] as const;

/** The bank changes while somebody pages: after a page with a next one was made. */
export const PAGING_FAULTS = [
  'insert-while-paging',
  'redate-while-paging',
  'change-while-paging',
  'delete-while-paging',
] as const;

export const FAULT_KINDS = [
  'delay',
  ...REQUEST_FAULTS,
  ...ANSWER_FAULTS,
  ...LINK_FAULTS,
  ...PAGING_FAULTS,
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];
export type RequestFault = (typeof REQUEST_FAULTS)[number];
export type AnswerFault = (typeof ANSWER_FAULTS)[number];
export type PagingFault = (typeof PAGING_FAULTS)[number];

export interface Fault<Kind extends FaultKind = FaultKind> {
  readonly kind: Kind;
  /** How many more requests it spoils. */
  times: number;
  /** How many matching requests it lets pass first. */
  skip: number;
  /** Spoils every matching request until then, by the sandbox's clock, whatever `times` says; `null`: no such end. */
  readonly untilMs: number | null;
  /** Only requests whose path contains this. */
  readonly path: string;
  /** Only requests with this method; `null`: any. */
  readonly method: string | null;
  /** Only requests of this user's token; `null`: of anybody. */
  readonly userId: number | null;
  /** Of `delay`; of `hang`: then the connection breaks. `null`: a second; never. */
  readonly delayMs: number | null;
  /** `null`: a 429 without the header. */
  readonly retryAfterSeconds: number | null;
  /** Of `error`: the HTTP status and the code of the envelope. */
  readonly status: number;
  readonly code: string;
  /** Of `error`: sent as it is in place of the envelope. */
  readonly body: Readonly<Record<string, unknown>> | null;
}

export interface FaultyRequest {
  readonly method: string;
  readonly path: string;
  readonly userId: number | null;
}

/** What is to go wrong with the next requests on the provider's API. Not kept over a restart. */
export class Faults {
  private planned: Fault[] = [];

  constructor(private readonly now: () => number = Date.now) {}

  plan(fault: Fault): void {
    this.planned.push(fault);
  }

  list(): readonly Fault[] {
    return this.planned;
  }

  /** Forgets all, or those of these users. */
  clear(userIds?: readonly number[]): void {
    this.planned =
      userIds === undefined
        ? []
        : this.planned.filter(({ userId }) => userId === null || !userIds.includes(userId));
  }

  /** What hits the request as a whole: delays, and the first of the others; each counts as used. */
  forRequest(request: FaultyRequest): Fault<'delay' | RequestFault>[] {
    return [this.take(['delay'], request), this.take(REQUEST_FAULTS, request)].filter(
      (fault) => fault !== undefined,
    );
  }

  /** What spoils the answer. */
  forAnswer(request: FaultyRequest): AnswerFault | undefined {
    return this.take(ANSWER_FAULTS, request)?.kind;
  }

  /** The fault that spoils the links of this page. */
  forLinks(request: FaultyRequest, hasNext: boolean): FaultKind | undefined {
    const kinds = hasNext
      ? LINK_FAULTS.filter((kind) => kind !== 'endless-next')
      : (['endless-next', 'no-links'] as const);
    return this.take(kinds, request)?.kind;
  }

  /** What the bank does after this page. */
  forPaging(request: FaultyRequest): PagingFault | undefined {
    return this.take(PAGING_FAULTS, request)?.kind;
  }

  private take<Kind extends FaultKind>(
    kinds: readonly Kind[],
    request: FaultyRequest,
  ): Fault<Kind> | undefined {
    const now = this.now();
    this.planned = this.planned.filter(({ untilMs }) => untilMs === null || untilMs > now);
    const hit = this.planned.find(
      (fault): fault is Fault<Kind> =>
        kinds.some((kind) => kind === fault.kind) &&
        request.path.includes(fault.path) &&
        (fault.method === null || fault.method === request.method) &&
        (fault.userId === null || fault.userId === request.userId),
    );
    if (!hit) return undefined;
    if (hit.skip > 0) {
      hit.skip -= 1;
      return undefined;
    }
    if (hit.untilMs === null) {
      hit.times -= 1;
      this.planned = this.planned.filter((fault) => fault.times > 0);
    }
    return hit;
  }
}
