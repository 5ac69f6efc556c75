import type { WebhookKey } from '#domain';
import { errorText } from '#kernel';
import { type ProviderName, secretFingerprint } from '#providers';
import { type Command, Refused } from '../command.js';
import { Installation } from '../installation.js';
import { onlyWord, readArguments } from '../read-arguments.js';
import { type KeyBook, withKeyBook } from './key-book.js';
import { PROVIDER_NAMES, TITLES, withRegistrar } from './registrars.js';

interface Found {
  readonly provider: ProviderName;
  readonly key: WebhookKey;
}

const VARIABLES: Readonly<Record<ProviderName, string>> = {
  powens: 'POWENS_WEBHOOK_SECRET',
  tink: 'TINK_WEBHOOK_SECRET',
};

const found = async (book: KeyBook, fingerprint: string): Promise<Found | undefined> => {
  for (const provider of PROVIDER_NAMES) {
    const key = (await book.all(provider)).find((each) => each.fingerprint === fingerprint);
    if (key) return { provider, key };
  }
  return undefined;
};

const unknown = (installation: Installation, fingerprint: string): Refused => {
  const provider = PROVIDER_NAMES.find((name) =>
    installation
      .environmentSecrets(name)
      .some((secret) => secretFingerprint(secret.reveal()) === fingerprint),
  );
  if (provider === undefined)
    return new Refused(
      `No webhook secret has the fingerprint "${fingerprint}". See them all: npm run passerelle -- webhooks list`,
    );
  return new Refused(
    installation.config[provider].webhookSecrets.length > 0
      ? `${fingerprint} comes from the environment: take it out of ${VARIABLES[provider]} and start the webhook ingress again.`
      : `${fingerprint} is the sandbox bank's own, made with its data folder: it stays.`,
  );
};

/** Whoever takes the last one away shuts the door. */
const refuseLast = async (
  book: KeyBook,
  installation: Installation,
  { provider, key }: Found,
): Promise<void> => {
  const others = (await book.live(provider)).filter(({ fingerprint }) => fingerprint !== key.fingerprint);
  if (others.length > 0 || installation.environmentSecrets(provider).length > 0) return;
  throw new Refused(
    `${key.fingerprint} is the only live secret of ${TITLES[provider]}: without it all its webhooks are refused. ` +
      `Make another one first: npm run passerelle -- webhooks register --provider ${provider} --rotate (or add --force).`,
  );
};

const removeThere = async (installation: Installation, { provider, key }: Found): Promise<void> => {
  try {
    await withRegistrar(provider, installation, (registrar) => registrar.remove(key.externalId));
  } catch (error) {
    throw new Refused(
      `${errorText(error)} Nothing is retired. Run the command again; or add --here-only to refuse this secret at once, and delete "${key.name}" (id ${key.externalId}) in the ${TITLES[provider]} console yourself.`,
    );
  }
};

export const retireWebhookSecretCommand: Command = {
  name: 'webhooks retire',
  parameters: '<fingerprint> [--here-only] [--force]',
  summary: 'delete a registered secret at its provider and refuse what it signed',
  help: `
  --here-only   refuse it here, but leave it at the provider
  --force       even if it is the only live secret: all webhooks of that provider are refused then

For Powens, first associate every webhook in its console with the new authentication. What was signed before and
waits to be delivered again is refused from now on; the daily sync finds what it told.`,
  run: async (args, { env, say }) => {
    const { values, positionals } = readArguments(args, {
      'here-only': { type: 'boolean', default: false },
      force: { type: 'boolean', default: false },
    });
    const fingerprint = onlyWord(positionals, 'secret by its fingerprint').toLowerCase();
    const installation = await Installation.find(env);
    await withKeyBook(installation, async (book) => {
      const target = await found(book, fingerprint);
      if (!target) throw unknown(installation, fingerprint);
      const { provider, key } = target;
      if (key.retiredAt !== null) return say(`${fingerprint} was retired at ${key.retiredAt} already.`);
      if (!values.force) await refuseLast(book, installation, target);
      if (!values['here-only']) await removeThere(installation, target);
      await book.retire(provider, fingerprint);
      say(
        `"${key.name}" (${fingerprint}) is retired: within seconds the webhook ingress refuses what it signed.`,
      );
      if (values['here-only']) say(`${TITLES[provider]} still has it, under the id ${key.externalId}.`);
    });
  },
};
