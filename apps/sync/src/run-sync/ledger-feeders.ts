import {
  connection,
  identitiesOf,
  isSameAccount,
  type KnownAccount,
  type LinkedConnection,
  trackedAccounts,
} from '#domain';
import { fold, type FoldDeps } from '#event-store';
import type { Sql } from '#read-model';
import { type KnownSource, standingOf } from './ledger-rows.js';

/** The account as it is imported into this ledger now, by whichever connection; `undefined`: it is not, any more. */
const feederOf = async (
  deps: FoldDeps,
  linked: LinkedConnection,
  { connectionId, providerAccountId }: KnownSource,
  ledgerId: string,
): Promise<KnownAccount | undefined> => {
  const state =
    connectionId === linked.connectionId ? linked : (await fold(deps, connection, connectionId)).state;
  if (state.status !== 'linked') return undefined;
  return trackedAccounts(state).find(
    (each) => each.providerAccountId === providerAccountId && each.ledgerId === ledgerId,
  );
};

/** Whether the source still shows the account's rows: the account itself does, or the same bank account through another link. */
export const stillFeeds = async (
  deps: FoldDeps,
  linked: LinkedConnection,
  account: KnownAccount,
  source: KnownSource,
): Promise<boolean> => {
  const feeder = await feederOf(deps, linked, source, account.ledgerId);
  return feeder !== undefined && isSameAccount(feeder, account);
};

/**
 * Whether another bank account is imported into this ledger, which is not the account's own: rows of both would be taken for one
 * another's. Decisions of callers rule that out, but neither two at the same moment nor an account that comes back by itself.
 */
export const isInForeignLedger = async (
  deps: FoldDeps & { readonly db: Sql },
  linked: LinkedConnection,
  account: KnownAccount,
): Promise<boolean> => {
  const { ledgerId } = account;
  if (identitiesOf(account).includes(ledgerId)) return false;
  for (const source of (await standingOf(deps.db, ledgerId)).sources) {
    const feeder = await feederOf(deps, linked, source, ledgerId);
    if (feeder && !isSameAccount(feeder, account)) return true;
  }
  return false;
};
