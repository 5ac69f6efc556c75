import { type EventStore, WrongExpectedRevision } from '#event-store';
import { DomainError, type EventMetadata } from '#kernel';
import { type Config, ConfigError, demand } from '#platform';
import { asSealed, Vault } from '#vault';
import { v7 } from 'uuid';

/** Holds one sealed text, so that a key that opens nothing of this log is noticed at the start, not at the first token. */
const STREAM = 'passerelle-vault';
const PROOF = 'This text proves that the key of this log is known.';

const metadata = (): EventMetadata => ({
  commandId: v7(),
  correlationId: v7(),
  causationId: null,
  tenantId: null,
  actor: 'system',
  traceparent: null,
});

const lastProof = async (store: EventStore): Promise<{ sealed: string; revision: bigint } | null> => {
  for await (const event of store.readStream(STREAM, { direction: 'backwards', maxCount: 1 })) {
    return { sealed: (event.data as { sealed: string }).sealed, revision: event.revision };
  }
  return null;
};

const checkOpens = (vault: Vault, sealed: string): void => {
  try {
    vault.open(asSealed(sealed));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const problem =
      'does not open what this event log was sealed with. Give the key that was used before; to replace it, put the new one first and the old one behind it, separated by a comma';
    throw new ConfigError([{ variable: 'ENCRYPTION_KEY', problem }]);
  }
};

/**
 * The vault, once it is proved that its keys open what this log was sealed with. The first use of a log, and the first
 * use of a new key beside an old one that still opens, write a proof of their own.
 * @throws {ConfigError} a wrong key
 */
export const openVault = async ({
  config,
  store,
}: {
  readonly config: Pick<Config, 'encryptionKey'>;
  readonly store: EventStore;
}): Promise<Vault> => {
  const vault = new Vault(demand(config.encryptionKey, 'ENCRYPTION_KEY'));
  const proof = await lastProof(store);
  if (proof) checkOpens(vault, proof.sealed);
  const sealed = proof ? vault.reseal(asSealed(proof.sealed)) : vault.seal(PROOF);
  if (sealed === proof?.sealed) return vault;
  try {
    const event = { type: 'VaultKeyProved', data: { sealed }, metadata: metadata() };
    await store.append(STREAM, proof?.revision ?? 'no-stream', [event]);
    return vault;
  } catch (error) {
    if (!(error instanceof WrongExpectedRevision)) throw error;
    const winner = await lastProof(store);
    if (winner) checkOpens(vault, winner.sealed);
    return vault;
  }
};
