/** What a stream's metadata says about which of its events are visible. */
export interface StreamMetadata {
  readonly maxCount?: number;
  readonly maxAgeSeconds?: number;
  readonly truncateBefore?: number;
  readonly softDeleted: boolean;
}

export const NO_METADATA: StreamMetadata = { softDeleted: false };

/** A metadata stream shows its last event only. */
export const METADATA_OF_METADATA_STREAM: StreamMetadata = { maxCount: 1, softDeleted: false };

/** The `$tb` of a soft-deleted stream. As JSON text: the number is beyond what a double holds exactly. */
export const SOFT_DELETED_METADATA = '{"$tb":9223372036854775807}';
const SOFT_DELETED = 2 ** 63;

const parsed = (data: Buffer): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(data.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
};

const integer = (value: unknown) => value === undefined || Number.isInteger(value);
const positive = (value: unknown) => (typeof value === 'number' && value > 0 ? value : undefined);

/** Malformed JSON or a value of a wrong type makes the whole metadata count as empty; a non-positive value is ignored. */
export const parseStreamMetadata = (data: Buffer): StreamMetadata => {
  const values = parsed(data);
  if (values === null) return NO_METADATA;
  const { $maxCount, $maxAge, $tb } = values;
  if (![$maxCount, $maxAge, $tb].every(integer)) return NO_METADATA;
  return {
    maxCount: positive($maxCount),
    maxAgeSeconds: positive($maxAge),
    truncateBefore: positive($tb),
    softDeleted: typeof $tb === 'number' && $tb >= SOFT_DELETED,
  };
};

/** The same metadata with another `$tb`; null when it is no JSON object. */
export const withTruncateBefore = (data: Buffer, truncateBefore: number): Buffer | null => {
  const values = parsed(data);
  return values === null ? null : Buffer.from(JSON.stringify({ ...values, $tb: truncateBefore }));
};
