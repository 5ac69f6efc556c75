import type { FastifyInstance } from 'fastify';

/** An answer in Tink's error envelope (§9.1). */
export class TinkError extends Error {
  override readonly name = 'TinkError';

  constructor(
    readonly status: number,
    readonly errorCode: string,
    readonly errorMessage: string,
  ) {
    super(errorMessage);
  }
}

export const badRequest = (message: string): TinkError => new TinkError(400, 'request.invalid', message);

export const answerTinkErrors = (app: FastifyInstance): void => {
  app.setErrorHandler((error, _, reply) => {
    const status = (error as { statusCode?: number; status?: number }).statusCode ?? 500;
    const known =
      error instanceof TinkError
        ? error
        : new TinkError(status, 'general.error', error instanceof Error ? error.message : String(error));
    return reply.code(known.status).send({ errorMessage: known.errorMessage, errorCode: known.errorCode });
  });
};
