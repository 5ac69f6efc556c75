/** What Tink writes into `X-Tink-Signature`; several `v1` are alternatives, of which one must be right. */
export interface TinkSignature {
  /** Unix seconds, as the text that was signed. */
  readonly t: string;
  readonly alternatives: readonly Uint8Array[];
}

const TIME = /^(?:0|[1-9]\d{0,10})$/;
const HEX = /^[0-9a-f]{64}$/;
/** Each costs a comparison: more than a rotation could need is no signature. */
const MAX_ALTERNATIVES = 4;

/**
 * `t=<unix seconds>,v1=<hex>`, with or without spaces, in any order; keys that we do not know are for schemes that we do not
 * know. `null` when it is malformed: no `t` or two, no `v1`, capitals, anything cut.
 */
export const readSignature = (header: string): TinkSignature | null => {
  const pairs = header.split(',').map((part): readonly [string, string] => {
    const at = part.indexOf('=');
    return at < 0 ? [part.trim(), ''] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
  });
  const valuesOf = (key: string): readonly string[] =>
    pairs.filter(([found]) => found === key).map(([, value]) => value);
  const [t, ...moreTimes] = valuesOf('t');
  const hashes = valuesOf('v1');
  if (t === undefined || moreTimes.length > 0 || !TIME.test(t)) return null;
  if (hashes.length === 0 || hashes.length > MAX_ALTERNATIVES) return null;
  if (!hashes.every((hash) => HEX.test(hash))) return null;
  return { t, alternatives: hashes.map((hash) => Buffer.from(hash, 'hex')) };
};
