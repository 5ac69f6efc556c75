import { randomHex } from './random-hex.js';

const SHAPE = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-|$)/;

/** A W3C Trace Context `traceparent`, taken apart. */
export interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: string;
}

const isZero = (hex: string): boolean => /^0+$/.test(hex);

/** `undefined` when the text is no valid `traceparent`: then a new trace begins. */
export const parseTraceparent = (text: string): TraceParent | undefined => {
  const [, traceId, spanId, flags, rest] = SHAPE.exec(text) ?? [];
  if (!traceId || !spanId || !flags || isZero(traceId) || isZero(spanId)) return undefined;
  if (rest === '-' && text.startsWith('00')) return undefined;
  return { traceId, spanId, flags };
};

/** A new span: in the trace of `parent`, or the first one of a new trace. */
export const nextTraceparent = (parent?: TraceParent): string => {
  const traceId = parent?.traceId ?? randomHex(16);
  return `00-${traceId}-${randomHex(8)}-${parent?.flags ?? '01'}`;
};
