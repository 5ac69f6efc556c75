import { createServer } from 'node:net';
import { EngineError, PORT_VARIABLES, type EngineName } from './engine.js';

const bind = async (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });

/** A port of 127.0.0.1 on which nothing listens at this moment. */
export const freePort = async (): Promise<number> => bind(0);

/**
 * The port itself, or a free one for `0`.
 * @throws EngineError `engine.port-taken`, naming the port and the variable that sets it. A server that already listens
 *   there is never adopted, even if it speaks the right protocol: its data would not be ours.
 */
export const claimPort = async (engine: EngineName, port: number): Promise<number> => {
  try {
    return await bind(port);
  } catch (error) {
    throw new EngineError(
      'engine.port-taken',
      `Port ${port} of 127.0.0.1 cannot be used for the embedded ${engine} (${(error as NodeJS.ErrnoException).code}): ` +
        `stop what listens there, or set ${PORT_VARIABLES[engine]} to another port.`,
      { cause: error },
    );
  }
};
