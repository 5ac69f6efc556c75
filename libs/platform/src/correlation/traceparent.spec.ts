import { expect, it } from 'vitest';
import { nextTraceparent, parseTraceparent } from './traceparent.js';

const [trace, span] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];

it('is read as W3C Trace Context says', () => {
  expect(parseTraceparent(`00-${trace}-${span}-01`)).toEqual({ traceId: trace, spanId: span, flags: '01' });
  expect(parseTraceparent(`cc-${trace}-${span}-00-from-the-future`)).toMatchObject({ flags: '00' });
});

it.each([
  '',
  'junk',
  `ff-${trace}-${span}-01`,
  `00-${trace}-${span}-01-more`,
  `00-${'0'.repeat(32)}-${span}-01`,
  `00-${trace}-${'0'.repeat(16)}-01`,
  `00-${trace.toUpperCase()}-${span}-01`,
  `00-${trace}-${span}`,
])('takes %j for none', (text) => {
  expect(parseTraceparent(text)).toBeUndefined();
});

it('goes on in the same trace with a span of its own', () => {
  const next = parseTraceparent(nextTraceparent({ traceId: trace, spanId: span, flags: '00' }));
  expect(next).toMatchObject({ traceId: trace, flags: '00' });
  expect(next?.spanId).not.toBe(span);
  expect(parseTraceparent(nextTraceparent())?.traceId).not.toBe(parseTraceparent(nextTraceparent())?.traceId);
});

it('never repeats a trace or a span', () => {
  const made = Array.from({ length: 2_000 }, () => parseTraceparent(nextTraceparent()));
  expect(new Set(made.map((each) => each?.traceId)).size).toBe(2_000);
  expect(new Set(made.map((each) => each?.spanId)).size).toBe(2_000);
});
