import type { FastifyReply, FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { OwnWrites } from './own-writes.js';

const anna = { name: 'tenant:a', scope: 'a' };
const bert = { name: 'tenant:b', scope: 'b' };

const scene = () => {
  const headers: Record<string, unknown> = {};
  const reply = { header: (name: string, value: unknown) => (headers[name] = value) };
  return { headers, reply: reply as unknown as FastifyReply, writes: new OwnWrites() };
};

const asking = (minPosition?: string): FastifyRequest =>
  ({ headers: minPosition === undefined ? {} : { 'passerelle-min-position': minPosition } }) as never;

describe('reading one’s own writes', () => {
  it('waits for the highest position that this caller was told, and only for this caller', () => {
    const { headers, reply, writes } = scene();
    expect(writes.minPosition(anna, asking())).toBeNull();
    writes.wrote(anna, reply, '100');
    expect(headers).toEqual({ 'passerelle-position': '100' });
    writes.wrote(anna, reply, '99');
    writes.wrote(anna, reply, null);
    expect(writes.minPosition(anna, asking())).toBe('100');
    expect(writes.minPosition(bert, asking())).toBeNull();
  });

  it('takes the position that a caller brings along, if it is one', () => {
    const { reply, writes } = scene();
    writes.wrote(anna, reply, '100');
    expect(writes.minPosition(anna, asking('7'))).toBe('7');
    for (const junk of ['', '-1', '1e3', '1'.repeat(20), '7; DROP'])
      expect(writes.minPosition(anna, asking(junk))).toBe('100');
  });
});
