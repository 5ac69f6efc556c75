import { type Command } from '../command.js';
import { Installation } from '../installation.js';
import { noWords, readArguments } from '../read-arguments.js';
import { withKeyBook } from './key-book.js';
import { publicRoot } from './public-root.js';
import { registerAt } from './register-at.js';
import { configuredProviders, providerNamed, withRegistrar } from './registrars.js';

export const registerWebhooksCommand: Command = {
  name: 'webhooks register',
  parameters: '[--provider powens|tink] [--public-url https://host] [--rotate]',
  summary: 'make a provider sign its webhooks with a secret that the ingress knows',
  help: `
  --provider    only this one (default: every provider that is configured)
  --public-url  address under which the provider reaches the webhook ingress, with the path of
                WEBHOOK_PUBLIC_PATH or without any; not needed with the sandbox bank
  --rotate      make one more secret beside the one there is; both are valid until
                "webhooks retire" takes the old one away

Run again without --rotate it makes nothing and tells what there is. The secret itself is never shown: it goes
sealed into the event log, and the ingress accepts it a few seconds later, without a restart.

Powens needs POWENS_CONFIG_TOKEN (console, settings of the domain); which event goes where is then entered in its
console, from the table that this command prints. Tink needs nothing further.`,
  run: async (args, { env, say }) => {
    const { values, positionals } = readArguments(args, {
      provider: { type: 'string' },
      'public-url': { type: 'string' },
      rotate: { type: 'boolean', default: false },
    });
    noWords(positionals);
    const only = values.provider === undefined ? null : providerNamed(values.provider);
    const installation = await Installation.find(env);
    const { sandboxUrl, doorUrl, config } = installation;
    const root = publicRoot({
      given: values['public-url'],
      publicPath: config.webhookPublicPath,
      localDoor: sandboxUrl === null ? null : doorUrl,
    });
    await withKeyBook(installation, async (book) => {
      for (const provider of only ? [only] : configuredProviders(installation))
        await withRegistrar(provider, installation, (registrar) =>
          registerAt(registrar, { book, root, rotate: values.rotate, sandboxUrl, say }),
        );
    });
  },
};
