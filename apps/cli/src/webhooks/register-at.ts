import { setTimeout as delay } from 'node:timers/promises';
import type { WebhookKey } from '#domain';
import type { RegisteredWebhook, WebhookRegistrar } from '#providers';
import { consoleTable, powensUrls } from './console-table.js';
import type { KeyBook } from './key-book.js';
import { activate, freshName, keepSecret, listeningUrl, make, NAME_PREFIX } from './make-webhook.js';
import { TITLES } from './registrars.js';
import { associateInSandbox } from './sandbox-console.js';

const CALL = 'npm run passerelle -- webhooks';
/** The door looks into the log every two seconds. */
const DOOR_LEARNS_WITHIN_MS = 3_000;

export interface Registration {
  readonly book: Pick<KeyBook, 'all' | 'add'>;
  /** Address under which the provider reaches the door. */
  readonly root: string;
  /** One more, although there is one. */
  readonly rotate: boolean;
  readonly sandboxUrl: string | null;
  readonly say: (line: string) => void;
  /** How long the door may take to learn of a new secret; replaced in specs. */
  readonly doorLearnsWithinMs?: number;
}

const tellOrphans = (
  there: readonly RegisteredWebhook[],
  ours: readonly WebhookKey[],
  title: string,
  say: Registration['say'],
): void => {
  const known = new Set(ours.map(({ externalId }) => externalId));
  for (const { name, externalId } of there)
    if (name?.startsWith(NAME_PREFIX) === true && !known.has(externalId))
      say(
        `${title} also has "${name}" (id ${externalId}), whose secret is not known here: delete it in the console unless another installation uses it.`,
      );
};

const tellWhere = async (
  { root, sandboxUrl, say }: Registration,
  { externalId, name }: Pick<RegisteredWebhook, 'externalId' | 'name'>,
): Promise<void> => {
  const urls = powensUrls(root);
  for (const line of consoleTable(urls, name ?? externalId)) say(line);
  if (sandboxUrl === null) return;
  await associateInSandbox(sandboxUrl, Number(externalId), urls);
  say('The sandbox bank was told so: it signs with it from now on.');
};

const tellFormer = (former: readonly WebhookKey[], title: string, say: Registration['say']): void => {
  if (former.length === 0) return;
  say(`Still valid: ${former.map(({ name, fingerprint }) => `"${name}" (${fingerprint})`).join(', ')}.`);
  say(`Once ${title} signs everything with the new one: ${CALL} retire ${former[0]?.fingerprint}`);
};

/** There is one already: whatever is missing for it to be used is done or told again. */
const tellAgain = async (
  registrar: WebhookRegistrar,
  registration: Registration,
  current: WebhookKey,
): Promise<void> => {
  const { root, say } = registration;
  const { provider } = registrar;
  const { name, fingerprint, url } = current;
  say(`${TITLES[provider]} signs with "${name}" already (fingerprint ${fingerprint}). Nothing is made.`);
  await activate(registrar, current);
  if (provider === 'powens') await tellWhere(registration, current);
  else {
    const isElsewhere = url?.split('?', 1)[0] !== `${root}/webhooks/${provider}`;
    say(`It sends to ${url}.${isElsewhere ? ` That is not below ${root}.` : ''}`);
  }
  say(`To make another one: ${CALL} register --provider ${provider} --rotate`);
};

/** Makes the provider sign with a secret of ours, unless it does so already. */
export const registerAt = async (registrar: WebhookRegistrar, registration: Registration): Promise<void> => {
  const { book, root, rotate, say } = registration;
  const { provider } = registrar;
  const title = TITLES[provider];
  const there = await registrar.list();
  const keys = await book.all(provider);
  const isThere = (key: WebhookKey): boolean => there.some(({ externalId }) => externalId === key.externalId);
  const live = keys.filter(({ retiredAt }) => retiredAt === null);
  tellOrphans(there, keys, title, say);
  for (const { name, fingerprint } of live.filter((key) => !isThere(key)))
    say(`${title} no longer has "${name}": ${CALL} retire ${fingerprint}`);
  const former = live.filter(isThere);
  const current = former.at(-1);
  if (current && !rotate) return tellAgain(registrar, registration, current);
  const name = freshName();
  const made = await make(registrar, name, listeningUrl(registrar, root, there, name, rotate));
  const fingerprint = await keepSecret(registrar, book, made, name);
  const id = `id ${made.externalId}, fingerprint ${fingerprint}`;
  say(`${title} has "${name}" (${id}) now; its secret is stored, sealed.`);
  await delay(registration.doorLearnsWithinMs ?? DOOR_LEARNS_WITHIN_MS);
  await activate(registrar, made);
  if (provider === 'powens') await tellWhere(registration, made);
  else say(`It sends all events to ${made.url}; the first may take up to 15 minutes.`);
  tellFormer(former, title, say);
};
