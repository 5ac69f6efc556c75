import { errors, nuid, type Msg } from '@nats-io/transport-node';
import type { CorrelationScope } from '#kernel';
import { correlationHeaders } from '../nats/correlation-headers.js';
import type { Nats } from '../nats/nats.js';
import { RpcProblem, rpcProblemFrom } from './rpc-problem.js';

/** What Nest's NATS transport answers: one packet, because our handlers give one answer. */
interface NestReply {
  readonly response?: unknown;
  readonly err?: unknown;
}

/** Asks another service and waits for its answer. */
export class RpcClient {
  constructor(
    private readonly nats: Nats,
    private readonly scope: CorrelationScope,
  ) {}

  /**
   * @param options.timeoutMs default 5 s
   * @throws {RpcProblem} the service refused (its own code), failed (`internal`) or is not there (`service.unavailable`)
   */
  async request<T>(
    subject: string,
    payload: object,
    options: { readonly timeoutMs?: number } = {},
  ): Promise<T> {
    const timeoutMs = options.timeoutMs ?? 5_000;
    const body = JSON.stringify({ pattern: subject, data: payload, id: nuid.next() });
    const reply = await this.nats.connection
      .request(subject, body, { timeout: timeoutMs, headers: correlationHeaders(this.scope.current()) })
      .catch((error: unknown) => {
        throw unavailable(subject, timeoutMs, error);
      });
    const { response, err } = parse(reply, subject);
    if (err !== undefined && err !== null) throw rpcProblemFrom(err, subject);
    return response as T;
  }
}

const parse = (reply: Msg, subject: string): NestReply => {
  try {
    return reply.json<NestReply>();
  } catch (error) {
    throw new RpcProblem(
      { code: 'internal', message: `The answer to ${subject} is no JSON.` },
      { cause: error },
    );
  }
};

const unavailable = (subject: string, timeoutMs: number, error: unknown): RpcProblem => {
  const service = subject.split('.')[2] ?? subject;
  const isAbsent = error instanceof errors.RequestError && error.isNoResponders();
  const message = isAbsent
    ? `The ${service} service is not running.`
    : `The ${service} service did not answer within ${timeoutMs / 1000} s; whether it acted is unknown.`;
  const reason = isAbsent ? 'no-responders' : 'timeout';
  return new RpcProblem(
    { code: 'service.unavailable', message, details: { service, reason } },
    { cause: error },
  );
};
