import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from './callers.js';

const ANSWER_HEADER = 'passerelle-position';
const REQUEST_HEADER = 'passerelle-min-position';
const POSITION = /^\d{1,19}$/;

/**
 * Lets each caller read what it wrote: the highest log position that a caller was answered goes along with its queries.
 * Behind several gateways a caller sends it itself, in `Passerelle-Min-Position`.
 */
export class OwnWrites {
  readonly #positions = new Map<string, bigint>();

  wrote(caller: Caller, reply: FastifyReply, position: string | null): void {
    if (position === null) return;
    void reply.header(ANSWER_HEADER, position);
    const known = this.#positions.get(caller.name) ?? -1n;
    if (BigInt(position) > known) this.#positions.set(caller.name, BigInt(position));
  }

  minPosition(caller: Caller, request: FastifyRequest): string | null {
    const sent = request.headers[REQUEST_HEADER];
    if (typeof sent === 'string' && POSITION.test(sent)) return sent;
    const known = this.#positions.get(caller.name);
    return known === undefined ? null : String(known);
  }
}
