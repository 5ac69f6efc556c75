import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import type { Expected } from '../log/stored-event.js';

/** A gRPC status with the trailers from which the client makes its typed error. */
export type Refusal = Pick<ServiceError, 'code' | 'details' | 'metadata'>;

const refusal = (code: status, details: string, trailers: Readonly<Record<string, string>> = {}): Refusal => {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, headerText(value));
  return { code, details, metadata };
};

/** gRPC allows only printable ASCII in a trailer. */
const headerText = (value: string) => (/^[\x20-\x7e]*$/u.test(value) ? value : encodeURIComponent(value));

export const streamDeleted = (stream: string): Refusal =>
  refusal(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export const wrongExpectedVersion = (stream: string, expected: Expected, current: number): Refusal =>
  refusal(status.FAILED_PRECONDITION, `The stream '${stream}' is not at the expected version.`, {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': String(expectedOnWire(expected)),
    ...(current < 0 ? {} : { 'actual-version': String(current) }),
  });

const expectedOnWire = (expected: Expected): number =>
  typeof expected === 'number' ? expected : { 'no-stream': -1, any: -2, 'stream-exists': -4 }[expected];

export const appendTooLarge = (limit: number): Refusal =>
  refusal(status.INVALID_ARGUMENT, `An append may have at most ${limit} bytes.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(limit),
  });

export const missingMetadataProperty = (): Refusal =>
  refusal(status.INVALID_ARGUMENT, 'Required metadata properties are missing.', {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': 'type,content-type',
  });

export const invalidArgument = (message: string): Refusal => refusal(status.INVALID_ARGUMENT, message);

export const unknown = (message: string): Refusal => refusal(status.UNKNOWN, message);

export const timedOut = (): Refusal => refusal(status.ABORTED, 'The deadline of the append has passed.');

export const unavailable = (message: string): Refusal => refusal(status.UNAVAILABLE, message);
