import type { IncomingMessage } from 'node:http';
import type { WebhookHead, WebhookRefusal, WebhookRequest, WebhookVerdict } from '#providers';
import { EventStoreUnavailable } from '#event-store';
import type { FailureLimiter } from '../limit-failures/failure-limiter.js';
import { SMALL_BODY, type TakenBody } from '../take-body/body-builder.js';
import { type BodyIntake, declaredLength, isTooLong } from '../take-body/body-intake.js';
import { BodyRefusal } from '../take-body/body-refusal.js';
import { LoopTurns } from '../take-body/loop-turns.js';
import type { LogWatch } from '../watch-log/log-watch.js';
import {
  admitted,
  type Answer,
  BROKEN_OFF,
  BUSY,
  NOT_STORED,
  refused,
  REFUSED_BY_LOG,
  TOO_LARGE,
  TOO_MANY,
  TOO_SLOW,
  UNSUPPORTED,
} from './answer.js';
import { encodingOf, isForm } from './request-head.js';
import type { Provider, Verified, WebhookDoor } from './webhook-door.js';

export interface ReceptionOptions {
  readonly door: WebhookDoor;
  readonly intake: BodyIntake;
  readonly limiter: FailureLimiter;
  readonly log: Pick<LogWatch, 'problem' | 'failed'>;
  /** Whether every secret is known: until then a signature that matches none may be right all the same. */
  readonly knowsAllSecrets: () => boolean;
  /** Whether it is the door's own request to itself, which is neither stored nor counted. */
  readonly isOwn: (verdict: Verified) => boolean;
  /** Told why a verified delivery was not stored, where the log itself is there. */
  readonly unstored: (error: unknown) => void;
  /** Told how long the log took to store a delivery. */
  readonly appended: (seconds: number) => void;
}

/** One request at the door. */
export interface Visit {
  readonly provider: Provider;
  readonly head: WebhookHead;
  readonly source: IncomingMessage;
  /** Address of the sender; asked for only where it matters. */
  readonly sender: () => string;
}

const ANSWERS: Readonly<Record<BodyRefusal['reason'], Answer>> = {
  'too-large': TOO_LARGE,
  busy: BUSY,
  slow: TOO_SLOW,
  'broken-off': BROKEN_OFF,
};

const isLarge = ({ rawBody }: WebhookRequest): boolean => rawBody.byteLength > SMALL_BODY;

/** Decides what each request is answered. */
export class Reception {
  readonly #options: ReceptionOptions;
  readonly #turns = new LoopTurns();

  constructor(options: ReceptionOptions) {
    this.#options = options;
  }

  async receive(visit: Visit): Promise<Answer> {
    const { door, intake } = this.#options;
    if (isTooLong(visit.source)) return TOO_LARGE;
    const refusal = door.refusal(visit.provider, visit.head);
    if (refusal) return this.#condemned(refusal, visit);
    if (this.#isLogAwayForLarge(visit.source)) return NOT_STORED;
    const bodies: TakenBody[] = [];
    try {
      const body = await intake.take(visit.source, () => this.#turn(visit));
      bodies.push(body);
      return await this.#verified(visit, body, bodies);
    } catch (error) {
      return this.#failed(error, visit);
    } finally {
      for (const body of bodies) body.release();
    }
  }

  #condemned({ reason }: WebhookRefusal, { sender }: Visit): Answer {
    const { limiter } = this.#options;
    const address = sender();
    if (limiter.isOver(address)) return TOO_MANY;
    limiter.failed(address);
    return refused(reason);
  }

  /** A large body is not read when it is known that it cannot be stored. */
  #isLogAwayForLarge(source: IncomingMessage): boolean {
    return this.#options.log.problem !== null && (declaredLength(source) ?? Infinity) > SMALL_BODY;
  }

  async #verified(visit: Visit, body: TakenBody, bodies: TakenBody[]): Promise<Answer> {
    const { provider, head } = visit;
    const request: WebhookRequest = { ...head, rawBody: body.bytes };
    if (isLarge(request)) await this.#turns.next();
    const verdict = this.#options.door.verify(provider, request);
    if (encodingOf(head) !== 'gzip') return this.#answer(visit, request, verdict);
    const decoded = await this.#decode(visit, body, verdict);
    if (!decoded) return this.#answer(visit, request, verdict);
    bodies.push(decoded);
    const whole: WebhookRequest = { ...request, decodedBody: decoded.bytes };
    return this.#answer(visit, whole, this.#options.door.verify(provider, whole));
  }

  /** What was signed as it came is decompressed at once, what may be junk in its turn. */
  async #decode(visit: Visit, body: TakenBody, { kind }: WebhookVerdict): Promise<TakenBody | null> {
    const { intake, limiter } = this.#options;
    if (kind === 'verified') return intake.decode(body);
    const end = await limiter.unverifiedWork(visit.sender());
    return intake.decode(body).finally(end);
  }

  async #answer(visit: Visit, request: WebhookRequest, verdict: WebhookVerdict): Promise<Answer> {
    const { door, log, isOwn, unstored, appended } = this.#options;
    if (verdict.kind === 'rejected') return this.#unverified(visit, verdict);
    if (isOwn(verdict)) return { ...admitted({ kind: 'ignored' }), outcome: null };
    if (log.problem !== null && verdict.notice.kind !== 'nothing-to-do') return NOT_STORED;
    if (isLarge(request)) await this.#turns.next();
    const before = performance.now();
    const admission = await door.admit(visit.provider, verdict, request).catch((error: unknown) => {
      if (error instanceof EventStoreUnavailable) throw error;
      unstored(error);
      return null;
    });
    // Whatever it was, it was no fault of the provider's, who delivers again: by then somebody may have mended it.
    if (admission === null) return REFUSED_BY_LOG;
    if (admission.kind !== 'ignored') appended((performance.now() - before) / 1_000);
    return admitted(admission);
  }

  #unverified({ head, sender }: Visit, { reason }: WebhookRefusal): Answer {
    const { limiter, knowsAllSecrets } = this.#options;
    if (reason === 'wrong-signature' && !knowsAllSecrets()) return NOT_STORED;
    limiter.failed(sender());
    return encodingOf(head) === 'foreign' || isForm(head) ? UNSUPPORTED : refused(reason);
  }

  #failed(error: unknown, { sender }: Visit): Answer {
    const { log, limiter } = this.#options;
    if (error instanceof EventStoreUnavailable) {
      log.failed(error);
      return NOT_STORED;
    }
    if (!(error instanceof BodyRefusal)) throw error;
    if (error.reason !== 'busy') limiter.failed(sender());
    return ANSWERS[error.reason];
  }

  #turn({ sender }: Visit): Promise<() => void> {
    return this.#options.limiter.turn(sender());
  }
}
