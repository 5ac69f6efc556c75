import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '#platform';

export interface Ready {
  readonly gatewayUrl: string;
  /** The stack is going away. */
  withdraw(): Promise<void>;
}

const local = (host: string, port: number): string =>
  `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;

/**
 * Tells people where everything is, and programs too: `<data folder>/endpoints.json`, readable by its owner only, is
 * there while the stack is ready.
 */
export const announce = async (config: Config, sandboxUrl: string | null): Promise<Ready> => {
  const gatewayUrl = local(config.host, config.ports.gateway);
  const webhookUrl = local(config.host, config.ports.webhookIngress);
  const apiKey = config.apiKey?.reveal() ?? '';
  const path = join(config.dataDir, 'endpoints.json');
  const { eventStoreUrl, natsUrl, databaseUrl } = config;
  const endpoints = { gatewayUrl, webhookUrl, sandboxUrl, apiKey, eventStoreUrl, natsUrl, databaseUrl };
  // Renamed into place: whoever waits for the file never reads half of it.
  const unfinished = `${path}.${process.pid}`;
  const text = JSON.stringify({ ...endpoints, pid: process.pid }, null, 2);
  await writeFile(unfinished, text, { mode: 0o600 });
  await rename(unfinished, path);
  const lines = [
    '',
    '  Passerelle is ready.',
    `  API          ${gatewayUrl}   (documentation: ${gatewayUrl}/docs)`,
    `  API key      ${apiKey}`,
    `  Webhooks     ${webhookUrl}/webhooks/powens`,
    `  Events       ${natsUrl}   (subject passerelle.events.>)`,
    sandboxUrl === null ? '' : `  Sandbox bank ${sandboxUrl}`,
    `  Data         ${config.dataDir}`,
    '',
  ];
  process.stdout.write(`${lines.filter((line, index) => line !== '' || index === 0).join('\n')}\n\n`);
  return { gatewayUrl, withdraw: () => rm(path, { force: true }) };
};
