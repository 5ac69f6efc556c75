import { errorText } from '#kernel';

/** PostgreSQL cannot be reached, or the connection broke: nothing is wrong with the statement; try again later. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';

  constructor(cause: unknown) {
    super(`PostgreSQL is unavailable: ${errorText(cause)}`, { cause });
  }
}

const SOCKET = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EAI_AGAIN',
]);
/** Class 08 (connection), shutdown and start-up of the server, too many connections. */
const SQL_STATE = /^(08\w{3}|57P0[1-3]|53300)$/;
const DRIVER_TEXT =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying)/;

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : '';

/** SQLSTATE of an error of the server (`23505`: unique violation), `undefined` for any other error. */
export const sqlState = (error: unknown): string | undefined => {
  const code = error instanceof Error ? codeOf(error) : '';
  return /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
};

export const isConnectionFailure = (error: unknown): boolean =>
  error instanceof Error &&
  (SOCKET.has(codeOf(error)) || SQL_STATE.test(codeOf(error)) || DRIVER_TEXT.test(error.message));

/** The error as callers shall see it: {@link DatabaseUnavailable} when the connection is to blame. */
export const translated = (error: unknown): unknown =>
  isConnectionFailure(error) && !(error instanceof DatabaseUnavailable)
    ? new DatabaseUnavailable(error)
    : error;
