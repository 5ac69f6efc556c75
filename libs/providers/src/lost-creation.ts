import { errorText } from '#kernel';
import { ProviderError } from './bank-provider.js';
import type { WebhookRegistrar } from './webhook-registration.js';

type Undoing = Pick<WebhookRegistrar, 'provider' | 'list' | 'remove'>;

const removeByName = async (registrar: Undoing, name: string): Promise<boolean> => {
  const made = (await registrar.list()).find((each) => each.name === name);
  if (made) await registrar.remove(made.externalId);
  return made !== undefined;
};

/** A creation whose answer did not arrive, or bore no secret: takes back what it may have made and says how it stands. */
export const undoLostCreation = async (
  registrar: Undoing,
  name: string,
  cause: ProviderError,
): Promise<ProviderError> => {
  const code = `${registrar.provider}.webhook-secret-lost` as const;
  try {
    const wasMade = await removeByName(registrar, name);
    const state = wasMade ? `"${name}" was made and is removed again` : `"${name}" was not made`;
    const text = `${cause.message} The secret did not arrive: ${state}. Run the command again.`;
    return new ProviderError('retry', code, text, { cause });
  } catch (error) {
    const text = `${cause.message} If "${name}" was made, its secret is lost: delete "${name}" in the provider's console, then run the command again. (Looking for it failed: ${errorText(error)})`;
    return new ProviderError('permanent', code, text, { cause });
  }
};
