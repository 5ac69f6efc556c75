import type { EventStore } from '#event-store';
import { asSealed, type Vault } from '#vault';

/** Where the services prove their encryption key: what is sealed there must open with ours. */
const STREAM = 'passerelle-vault';

/**
 * Whether the encryption key is that of this log: what the door seals, others must be able to open.
 * @returns `null`: nobody has proved any key yet
 * @throws {EventStoreUnavailable}
 */
export const isKeyOfLog = async (
  store: Pick<EventStore, 'readStream'>,
  vault: Pick<Vault, 'open'>,
): Promise<boolean | null> => {
  for await (const { data } of store.readStream(STREAM, { direction: 'backwards', maxCount: 1 })) {
    try {
      vault.open(asSealed((data as { readonly sealed: string }).sealed));
      return true;
    } catch {
      return false;
    }
  }
  return null;
};
