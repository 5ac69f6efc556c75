import { randomInt } from 'node:crypto';
import { errorText } from '#kernel';
import { type NewWebhook, ProviderError, type RegisteredWebhook, type WebhookRegistrar } from '#providers';
import { Refused } from '../command.js';
import type { KeyBook } from './key-book.js';
import { TITLES } from './registrars.js';

const CALL = 'npm run passerelle -- webhooks';
/** What we made is told by its name from what others made. */
export const NAME_PREFIX = 'passerelle';
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Short and alphanumeric: Powens answers a longer name, or one with a dash, with an internal error. */
export const freshName = (): string =>
  NAME_PREFIX + Array.from({ length: 6 }, () => LETTERS[randomInt(LETTERS.length)]).join('');

/** The same address cannot have an event twice at Tink: a second endpoint differs by a query, which the door ignores. */
export const listeningUrl = (
  { provider }: WebhookRegistrar,
  root: string,
  there: readonly RegisteredWebhook[],
  name: string,
  rotate: boolean,
): string => {
  const url = `${root}/webhooks/${provider}`;
  const isTaken = there.some((each) => each.url === url);
  return provider === 'tink' && rotate && isTaken ? `${url}?endpoint=${name}` : url;
};

/** Stored before anybody is told; what cannot be stored is taken back. */
export const keepSecret = async (
  registrar: WebhookRegistrar,
  book: Pick<KeyBook, 'add'>,
  made: NewWebhook,
  name: string,
): Promise<string> => {
  try {
    return await book.add(registrar.provider, made, name);
  } catch (error) {
    const title = TITLES[registrar.provider];
    const undone = await registrar.remove(made.externalId).then(
      () => `It is removed at ${title} again. Run the command again.`,
      () => `Delete it in the ${title} console: nobody knows its secret. Then run the command again.`,
    );
    throw new Refused(
      `"${name}" (id ${made.externalId}) was made, but its secret could not be stored: ${errorText(error)} ${undone}`,
    );
  }
};

export const activate = async (
  registrar: WebhookRegistrar,
  { externalId }: Pick<RegisteredWebhook, 'externalId'>,
): Promise<void> => {
  try {
    await registrar.activate(externalId);
  } catch (error) {
    throw new Refused(
      `${errorText(error)} It is not enabled yet: ${CALL} register --provider ${registrar.provider}`,
    );
  }
};

export const make = async (registrar: WebhookRegistrar, name: string, url: string): Promise<NewWebhook> => {
  try {
    return await registrar.create({ name, url });
  } catch (error) {
    if (!(error instanceof ProviderError) || error.code !== 'tink.webhook-exists') throw error;
    throw new Refused(
      `${error.message} Delete it in the Tink console and run the command again, or make another one beside it: ${CALL} register --provider tink --rotate`,
    );
  }
};
