import { type ProviderName, secretFingerprint } from '#providers';
import type { Command } from '../command.js';
import { Installation } from '../installation.js';
import { noWords, readArguments } from '../read-arguments.js';
import { type KeyBook, withKeyBook } from './key-book.js';
import { PROVIDER_NAMES } from './registrars.js';

const HEADINGS = ['PROVIDER', 'FINGERPRINT', 'STATE', 'SOURCE', 'NAME', 'ID', 'SINCE'];

const fromEnvironment = (installation: Installation, provider: ProviderName): string[][] =>
  installation
    .environmentSecrets(provider)
    .map((secret) => [provider, secretFingerprint(secret.reveal()), 'live', 'environment', '-', '-', '-']);

const registered = async (book: KeyBook, provider: ProviderName): Promise<string[][]> =>
  (await book.all(provider)).map(({ fingerprint, name, externalId, addedAt, retiredAt }) => [
    provider,
    fingerprint,
    retiredAt === null ? 'live' : `retired ${retiredAt}`,
    'registered',
    name,
    externalId,
    addedAt,
  ]);

const inColumns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

export const listWebhookSecretsCommand: Command = {
  name: 'webhooks list',
  parameters: '',
  summary: 'list the webhook secrets by their fingerprints',
  help: `
The fingerprint is what a delivery shows as the secret that verified it. "environment" is as this command's own
environment says: POWENS_WEBHOOK_SECRET, TINK_WEBHOOK_SECRET.`,
  run: async (args, { env, say }) => {
    noWords(readArguments(args, {}).positionals);
    const installation = await Installation.find(env);
    const rows = await withKeyBook(installation, async (book) => {
      const found: string[][] = [];
      for (const provider of PROVIDER_NAMES)
        found.push(...fromEnvironment(installation, provider), ...(await registered(book, provider)));
      return found;
    });
    if (rows.length === 0)
      say('There is no webhook secret. Make one: npm run passerelle -- webhooks register');
    else for (const line of inColumns([HEADINGS, ...rows])) say(line);
  },
};
