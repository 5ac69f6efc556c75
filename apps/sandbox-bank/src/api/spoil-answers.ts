import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { AnswerFault } from '../control/faults.js';

const LISTS = ['transactions', 'accounts', 'connections', 'sources'] as const;

type Answer = Record<string, unknown>;

const changed = (json: string, change: (answer: Answer, list: (typeof LISTS)[number]) => Answer): string => {
  const answer = JSON.parse(json) as Answer;
  const list = LISTS.find((name) => Array.isArray(answer[name]));
  return list === undefined ? json : JSON.stringify(change(answer, list));
};

const rowsOf = (answer: Answer, list: string): unknown[] => answer[list] as unknown[];

/** Half of the body, and then the connection breaks although more was announced. */
const broken = (json: string, reply: FastifyReply): Readable => {
  const bytes = Buffer.from(json);
  reply.header('content-length', bytes.length);
  let isSent = false;
  return new Readable({
    read() {
      if (!isSent) this.push(bytes.subarray(0, Math.ceil(bytes.length / 2)));
      else this.destroy(new Error('The sandbox bank was told to break off.'));
      isSent = true;
    },
  });
};

/** The body that is sent instead of `json`. */
export const spoilAnswer = (kind: AnswerFault, json: string, reply: FastifyReply): string | Readable => {
  switch (kind) {
    case 'lose-answer':
      reply.raw.destroy();
      return json;
    case 'truncated-json':
      return json.slice(0, Math.ceil(json.length / 2));
    case 'broken-transfer':
      return broken(json, reply);
    case 'empty-body':
      return '';
    case 'html-200':
      reply.type('text/html; charset=utf-8');
      return '<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>Back soon</h1></body></html>';
    case 'empty-list':
      return changed(json, (answer, list) => ({
        ...answer,
        [list]: [],
        total: 0,
        ...(answer._links !== undefined && { _links: { self: null, prev: null, next: null } }),
      }));
    case 'missing-list':
      return changed(json, ({ ...answer }, list) => {
        delete answer[list];
        return answer;
      });
    case 'repeated-rows':
      return changed(json, (answer, list) => ({
        ...answer,
        [list]: [...rowsOf(answer, list), ...rowsOf(answer, list)],
      }));
    case 'reversed-rows':
      return changed(json, (answer, list) => ({ ...answer, [list]: rowsOf(answer, list).toReversed() }));
  }
};
