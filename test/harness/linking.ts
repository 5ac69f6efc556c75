import { type ConnectionView, PasserelleProblem, type SyncView } from '#client';
import { pressOnLinkPage } from '../../apps/stack/src/demo/person-at-webview.js';
import { eventually, type Patience } from './eventually.js';
import { freshIban, freshTenant } from './iban.js';
import type { Reachable } from './stack.js';

export interface OpenOptions {
  readonly tenantId?: string;
  readonly accountId?: string | number;
  readonly syncDaysBack?: number;
  readonly syncEnabled?: boolean;
}

/** Asks again as long as a busy service says that it cannot answer yet; any other refusal is the answer. */
export const patiently = async <T>(call: () => Promise<T>): Promise<T> => {
  const answer = await eventually(() =>
    call().then(
      (value) => () => value,
      (error: unknown) => {
        if (error instanceof PasserelleProblem && error.code === 'service.unavailable') throw error;
        return (): T => {
          throw error;
        };
      },
    ),
  );
  return answer();
};

/** Opens a connection; it is `pending` and carries `linkUrl`. */
export const openConnection = (
  stack: Reachable,
  iban: string = freshIban(),
  { tenantId = freshTenant(), accountId = 'account-1', ...settings }: OpenOptions = {},
): Promise<ConnectionView> => {
  const request = {
    tenantId,
    companyId: 'company-1',
    accountId,
    institutionId: 'BNPAFRPP',
    iban,
    ...settings,
  };
  const idempotencyKey = crypto.randomUUID();
  return patiently(() => stack.api.openConnection(request, { idempotencyKey }));
};

/** What the person's browser gets from us after the bank's page. */
export const followLink = async (linkUrl: string, action: 'link' | 'cancel' = 'link'): Promise<Response> =>
  fetch(await pressOnLinkPage(linkUrl, action), { headers: { accept: 'application/json' } });

/** Opens and links as a person does; resolves when the callback was answered, so the first sync may still run. */
export const openAndLink = async (
  stack: Reachable,
  iban: string = freshIban(),
  options: OpenOptions = {},
): Promise<ConnectionView> => {
  const { id, linkUrl } = await openConnection(stack, iban, options);
  const back = await followLink(linkUrl ?? '');
  if (!back.ok) throw new Error(`The callback answered ${back.status}: ${await back.text()}`);
  return stack.api.getConnection(id);
};

/** Resolves with the newest run once none is pending; `atLeast` runs must be there. */
export const quietHistory = (
  stack: Reachable,
  connectionId: string,
  { atLeast = 1, ...patience }: Patience & { readonly atLeast?: number } = {},
): Promise<readonly SyncView[]> =>
  eventually(
    async () => {
      const { items } = await stack.api.syncs(connectionId, { limit: 500 });
      const pending = items.filter(({ status }) => status === 'pending').length;
      if (items.length < atLeast || pending > 0) {
        throw new Error(`${items.length} runs of ${atLeast}, ${pending} of them pending`);
      }
      return items;
    },
    { withinMs: 60_000, ...patience },
  );

/** Asks for a sync and waits for its end. */
export const syncNow = async (stack: Reachable, connectionId: string): Promise<SyncView> => {
  const run = await stack.api.requestSync(connectionId, { waitSeconds: 60 });
  if (!('trigger' in run)) throw new Error(`The run ${run.id} has not ended within 60 s.`);
  return run;
};

/**
 * As {@link openAndLink}, and everything that the bank shows is imported. The bank may not have been read yet when the
 * first run looks: then the rest comes with a webhook, or with a run that is asked for here.
 */
export const openLinkAndImport = async (
  stack: Reachable,
  iban: string = freshIban(),
  options: OpenOptions = {},
): Promise<ConnectionView> => {
  const { id } = await openAndLink(stack, iban, options);
  await eventually(async () => {
    const runs = await quietHistory(stack, id);
    if (runs.every(({ status }) => status !== 'success')) {
      const { status, errorMessage } = await syncNow(stack, id);
      if (status !== 'success') throw new Error(`The first import ended as ${status}: ${errorMessage}`);
    }
  });
  return stack.api.getConnection(id);
};
