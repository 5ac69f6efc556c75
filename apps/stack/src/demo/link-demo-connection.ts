import { PasserelleClient, PasserelleProblem } from '#client';
import { errorText, type Secret } from '#kernel';
import type { Logger } from '#platform';
import { pressOnLinkPage } from './person-at-webview.js';

/** The values of the original guide. */
export const DEMO_CONNECTION = {
  tenantId: 1,
  companyId: 1,
  accountId: 1,
  institutionId: 'BNPAFRPP',
  iban: 'FR7612345678901234567890123',
} as const;

const FIRST_SYNC_WITHIN_S = 30;

/** The demo connection's id, opened now or on an earlier start, and its link page when no bank is linked yet. */
const openOnce = async (api: PasserelleClient): Promise<{ id: string; linkUrl: string | null }> => {
  try {
    const { id, linkUrl } = await api.openConnection(DEMO_CONNECTION);
    return { id, linkUrl: linkUrl ?? (await api.link(id)).linkUrl };
  } catch (error) {
    if (!(error instanceof PasserelleProblem) || error.code !== 'connection.already-exists') throw error;
    const id = String(error.body['connectionId']);
    const { status } = await api.getConnection(id);
    return { id, linkUrl: status === 'pending' ? (await api.link(id)).linkUrl : null };
  }
};

const firstSync = async (api: PasserelleClient, id: string): Promise<string> => {
  for (const deadline = Date.now() + FIRST_SYNC_WITHIN_S * 1_000; Date.now() < deadline;) {
    const { items } = await api.syncs(id, { trigger: 'link' });
    const run = items.at(-1);
    if (run && run.status !== 'pending') {
      return `${run.status}, ${run.transactionsImported} transactions imported, ${run.transactionsSkipped} skipped`;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return 'still at work';
};

/** So that a newcomer has something to see: one connection to the sandbox bank, linked, with its first sync. */
export const linkDemoConnection = async (
  apiKey: Secret,
  gatewayUrl: string,
  logger: Logger,
): Promise<void> => {
  const api = new PasserelleClient({ baseUrl: gatewayUrl, apiKey: apiKey.reveal() });
  try {
    const { id, linkUrl } = await openOnce(api);
    if (linkUrl !== null) {
      const back = await fetch(await pressOnLinkPage(linkUrl), { headers: { accept: 'application/json' } });
      if (!back.ok) throw new Error(`the callback answered ${back.status}`);
    }
    const outcome =
      linkUrl === null ? 'linked on an earlier start' : `first sync: ${await firstSync(api, id)}`;
    process.stdout.write(`  Demo         connection ${id}\n               ${outcome}\n\n`);
  } catch (error) {
    logger.warn({ err: error }, `The demo connection could not be linked: ${errorText(error)}`);
  }
};
