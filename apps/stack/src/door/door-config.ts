import { Secret } from '#kernel';
import type { DoorConfig } from '#platform';

/** A secret between two threads, which share no classes. */
interface PackedSecret {
  readonly packedSecret: string;
}

const isPackedSecret = (value: object): value is PackedSecret => 'packedSecret' in value;

const mapped = (value: object, change: (member: unknown) => unknown): unknown =>
  Array.isArray(value)
    ? value.map(change)
    : Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(member)]));

const packed = (value: unknown): unknown => {
  if (value instanceof Secret) return { packedSecret: value.reveal() } satisfies PackedSecret;
  return typeof value === 'object' && value !== null ? mapped(value, packed) : value;
};

const unpacked = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  return isPackedSecret(value) ? new Secret(value.packedSecret) : mapped(value, unpacked);
};

/** The configuration in a form that can be handed to another thread; it holds secrets in the clear. */
export const packConfig = (config: DoorConfig): unknown => packed(config);

/** What {@link packConfig} was given. */
export const unpackConfig = (message: unknown): DoorConfig => unpacked(message) as DoorConfig;
