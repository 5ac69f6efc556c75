import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { correlation } from '../correlation/als-correlation-scope.js';
import { asItIs, type Problem, problem, type ProblemTeller } from './problem.js';
import { problemOf } from './problem-of.js';
import type { StatusTable } from './problem-status.js';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** Sends a problem as the whole answer. */
export const sendProblem = (reply: FastifyReply, { problem, language }: ReturnType<ProblemTeller>): void => {
  void reply
    .status(problem.status)
    .header('content-type', PROBLEM_TYPE)
    .header('content-language', language)
    .header('vary', 'accept-language')
    .send(JSON.stringify(problem));
};

const unexpected = (): Problem => {
  const id = correlation.known()?.correlationId;
  const detail = `Something unexpected happened on our side.${id ? ` It is logged with the correlation id ${id}.` : ''}`;
  return problem({ status: 500, code: 'internal', detail });
};

/** Answers every error of an HTTP app with a problem. What is not the caller's doing is logged with its causes. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger: Logger;
  readonly #table: StatusTable;
  readonly #tell: ProblemTeller;

  constructor(logger: Logger, table: StatusTable, tell: ProblemTeller = asItIs) {
    this.#logger = logger;
    this.#table = table;
    this.#tell = tell;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const answer = problemOf(error, this.#table) ?? unexpected();
    if (answer.status >= 500) this.#logger.error({ err: error, code: answer.code }, answer.detail);
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    // The answer has begun (a live stream): it can only be cut.
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    if (answer.status === 503) void reply.header('retry-after', '2');
    sendProblem(reply, this.#tell(answer, http.getRequest<FastifyRequest>().headers['accept-language']));
  }
}
