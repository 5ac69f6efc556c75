import { readFileSync } from 'node:fs';
import { asList, asRecord, asText } from '../json-fields.js';
import { parseLossless } from '../lossless-json.js';

/** Webhooks as Tink sends them, really signed with the secret `s3cr3t`; the values are invented. For specs. */
export const tinkWebhooks = (
  asList(parseLossless(readFileSync(new URL('./fixtures/webhooks.json', import.meta.url), 'utf8'))) ?? []
).map((webhook) => {
  const field = (name: string): string => asText(asRecord(webhook)?.[name]) ?? '';
  return { name: field('name'), signature: field('signature'), body: field('body') };
});
