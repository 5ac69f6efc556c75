import type { IncomingMessage, Server, ServerResponse } from 'node:http';

const waiting = new WeakMap<IncomingMessage, ServerResponse>();

/**
 * A sender that asks before it sends its body (`Expect: 100-continue`) is told to go on when there is room for it, or is
 * answered without it. Node by itself would tell everybody to go on.
 */
export const answerExpectations = (server: Server): void => {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    waiting.set(request, response);
    server.emit('request', request, response);
  });
};

/** The body may come now. */
export const invite = (request: IncomingMessage): void => {
  const response = waiting.get(request);
  if (!response) return;
  waiting.delete(request);
  response.writeContinue();
};

/** Its sender asked whether to send the body, and was not told to. */
export const isUninvited = (request: IncomingMessage): boolean => waiting.has(request);
